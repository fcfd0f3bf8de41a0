/// The characters of a SentencePiece-style vocabulary: their symbols, and which pairs of them ever
/// stand together inside a token.
///
/// Such a tokenizer has no pre-tokenizer, a merge may cross anything. But a merge across two
/// neighbouring characters makes a token in which they stand together; where no mergeable token
/// holds the pair, cutting the text there changes nothing. Short pieces are what the cache and the
/// merger are fast with.
struct CharacterTable: Sendable {
  /// The first symbol that is no token.
  private var nextStandIn: Int32 = 0
  private var ascii = [Int32](repeating: -1, count: 128)
  private var others = PairTable()
  /// One bit for the hash of each pair that stands together; a wrong yes costs speed only.
  private var pairs = [UInt64](repeating: 0, count: 1 << 14)
  private var cutsNothing = false

  /// Reads the tokens of one character; a token that no merge makes counts too.
  mutating func readSingles(_ definition: TokenizerDefinition, _ index: TokenIndex) {
    nextStandIn = Int32(definition.spellings.count)
    let byteTokens = Set(definition.byteTokens.compactMap { $0 })
    for (token, spelling) in definition.spellings.enumerated()
    where (1...4).contains(spelling.count) {
      let bytes = Array(spelling)
      let (value, width) = bytes.scalar(at: 0)
      let id = Int32(token)
      guard width == bytes.count, index.id(of: spelling) == id, !byteTokens.contains(id) else {
        continue
      }
      set(value, id)
    }
  }

  private mutating func set(_ value: UInt32, _ symbol: Int32) {
    if value < 128 {
      ascii[Int(value)] = symbol
    } else {
      others.insert(UInt64(value), PairTable.Value(first: symbol, second: 0))
    }
  }

  /// The symbol of a character; nil if only its bytes have tokens.
  func symbol(_ value: UInt32) -> Int32? {
    let symbol = value < 128 ? ascii[Int(value)] : others[UInt64(value)]?.first ?? -1
    return symbol < 0 ? nil : symbol
  }

  /// The symbol of a character; a new one that is no token if it has none.
  mutating func symbolOrStandIn(_ value: UInt32) -> Int32 {
    if let known = symbol(value) { return known }
    set(value, nextStandIn)
    nextStandIn += 1
    return nextStandIn - 1
  }

  /// Notes that the characters of a mergeable token stand together.
  mutating func join(_ spelling: ArraySlice<UInt8>) {
    let bytes = Array(spelling)
    var (left, place) = bytes.scalar(at: 0)
    while place < bytes.count {
      let (right, width) = bytes.scalar(at: place)
      let bit = Self.bit(left, right)
      pairs[bit >> 6] |= 1 << UInt64(bit & 63)
      left = right
      place += width
    }
  }

  /// Gives up cutting: merges join parts of characters.
  mutating func neverCut() { cutsNothing = true }

  /// Whether a token may hold these two characters one after the other.
  func mayJoin(_ left: UInt32, _ right: UInt32) -> Bool {
    let bit = Self.bit(left, right)
    return cutsNothing || pairs[bit >> 6] & (1 << UInt64(bit & 63)) != 0
  }

  private static func bit(_ left: UInt32, _ right: UInt32) -> Int {
    let hash = (UInt64(left) << 32 | UInt64(right)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: hash >> 44)
  }
}
