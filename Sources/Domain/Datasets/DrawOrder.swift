import Foundations

/// The seeded order in which traces are drawn without replacement.
///
/// A trace's place follows from the seed and its content alone, so a draw is the same in every
/// workspace, and traces that join later push others back without changing their order. Ties are
/// for the caller to break by the trace's name.
public struct DrawOrder: Hashable, Sendable {
  /// What the seed makes of itself; a database computes places with it.
  public let key: UInt64

  /// The order of a seed.
  public init(seed: UInt64) {
    var stream = RandomStream(seed: seed, name: "dataset-selection")
    key = stream.next()
  }

  /// The order of a key.
  public init(key: UInt64) {
    self.key = key
  }

  /// The place of a content, 63 bits, from the first 16 digits of its sha256.
  ///
  /// The finalizer of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
  /// Generators", 2014) over digest and key. Text that is no sha256 stands last.
  public func place(ofHex hash: some StringProtocol) -> Int64 {
    place(ofHex: hash.prefix(16), "")
  }

  /// The place of a content from the first 16 digits of its sha256 in two pieces.
  public func place(ofHex first: some StringProtocol, _ second: some StringProtocol) -> Int64 {
    var digest: UInt64 = 0
    var count = 0
    func take(_ text: some StringProtocol) -> Bool {
      for byte in text.utf8 {
        guard let digit = Self.digit(byte) else { return false }
        digest = digest << 4 | digit
        count += 1
      }
      return true
    }
    guard take(first), take(second), count == 16 else { return .max }
    var mixed = (digest ^ key) &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return Int64(bitPattern: (mixed ^ mixed >> 31) >> 1)
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: UInt64(byte - 0x30)
    case 0x61...0x66: UInt64(byte - 0x57)
    case 0x41...0x46: UInt64(byte - 0x37)
    default: nil
    }
  }
}
