/// A token that is matched in the text itself, before anything else.
struct SpecialToken: Hashable, Sendable {
  let id: Int32
  /// Its text in UTF-8.
  let bytes: [UInt8]
  /// Control tokens are read as plain text on request and left out of clean output; others
  /// ("user-defined") are ordinary vocabulary that merges do not cross.
  let isControl: Bool
  /// Whether white space before or after the token in the text belongs to it.
  var eatsSpaceBefore = false
  var eatsSpaceAfter = false
}

/// Finds special tokens in a text: leftmost first, the longest of those that start there.
///
/// A tree of bytes; a search looks at no byte more often than the longest token is long.
struct SpecialTokens: Sendable {
  private let tokens: [SpecialToken]
  /// The node behind a node and a byte.
  private var edges = PairTable()
  /// The node behind the root and a byte; -1 where no token starts so.
  private var roots = [Int32](repeating: -1, count: 256)
  /// At each node the token that ends there; -1 where none does.
  private var ends: [Int32] = [-1]

  /// A finder; of two tokens with the same text the first counts.
  init(_ tokens: [SpecialToken]) {
    self.tokens = tokens
    for (index, token) in tokens.enumerated() {
      guard let first = token.bytes.first else { continue }
      if roots[Int(first)] < 0 { roots[Int(first)] = addNode() }
      var node = roots[Int(first)]
      for byte in token.bytes.dropFirst() {
        let key = Self.key(node, byte)
        if let known = edges[key]?.first {
          node = known
        } else {
          let new = addNode()
          edges.insert(key, PairTable.Value(first: new, second: 0))
          node = new
        }
      }
      if ends[Int(node)] < 0 { ends[Int(node)] = Int32(index) }
    }
  }

  private mutating func addNode() -> Int32 {
    ends.append(-1)
    return Int32(ends.count - 1)
  }

  private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
    UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
  }

  /// The first token at or after `start`, and where it stands.
  func first(
    in text: [UInt8],
    from start: Int,
    includingControl: Bool
  ) -> (token: SpecialToken, range: Range<Int>)? {
    guard !tokens.isEmpty else { return nil }
    var place = start
    while place < text.count {
      let root = roots[Int(text[place])]
      if root >= 0, let found = longest(in: text, at: place, root, includingControl) {
        return found
      }
      place += 1
    }
    return nil
  }

  private func longest(
    in text: [UInt8],
    at start: Int,
    _ root: Int32,
    _ includingControl: Bool
  ) -> (token: SpecialToken, range: Range<Int>)? {
    var node = root
    var found: (token: SpecialToken, range: Range<Int>)?
    var place = start + 1
    while true {
      if ends[Int(node)] >= 0 {
        let token = tokens[Int(ends[Int(node)])]
        if includingControl || !token.isControl { found = (token, start..<place) }
      }
      guard place < text.count, let next = edges[Self.key(node, text[place])]?.first else {
        return found
      }
      node = next
      place += 1
    }
  }
}
