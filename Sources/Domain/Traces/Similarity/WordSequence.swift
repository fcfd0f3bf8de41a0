/// The words of a text as numbers, so that runs of words are compared quickly.
///
/// A word is a run of letters and digits, capitals folded; ASCII is split at everything else, and a
/// character beyond ASCII counts as a letter.
struct WordSequence: Sendable {
  /// FNV-1a 64 of each word's bytes, in the text's order.
  let hashes: [UInt64]

  init(_ texts: some Sequence<String>) {
    var hashes: [UInt64] = []
    var hash = Self.basis
    var isInWord = false
    func end() {
      if isInWord { hashes.append(hash) }
      hash = Self.basis
      isInWord = false
    }
    for text in texts {
      for byte in text.utf8 {
        let isUpper = byte >= 0x41 && byte <= 0x5A
        let isWord =
          isUpper || byte >= 0x61 && byte <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte >= 0x80
        guard isWord else {
          end()
          continue
        }
        isInWord = true
        hash = (hash ^ UInt64(isUpper ? byte | 0x20 : byte)) &* 0x100_0000_01B3
      }
      end()
    }
    self.hashes = hashes
  }

  private static let basis: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The set of all runs of `length` words, each as one number; one run of all words where the text
  /// is shorter, none where it has no word.
  func runs(of length: Int) -> Set<UInt64> {
    guard hashes.count > length else {
      return hashes.isEmpty ? [] : [Self.mixed(hashes[...])]
    }
    var runs = Set<UInt64>(minimumCapacity: hashes.count)
    for start in 0...(hashes.count - length) {
      runs.insert(Self.mixed(hashes[start..<start + length]))
    }
    return runs
  }

  private static func mixed(_ words: ArraySlice<UInt64>) -> UInt64 {
    var sum: UInt64 = 0x9E37_79B9_7F4A_7C15
    for word in words { sum = scrambled(sum &+ word) }
    return sum
  }
}

/// The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): every bit of the result depends on
/// every bit of the argument.
func scrambled(_ value: UInt64) -> UInt64 {
  var value = value
  value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
  value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
  return value ^ value >> 31
}
