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
struct SpecialTokens: Sendable {
  /// By first byte, longest first.
  private var byFirstByte: [[SpecialToken]] = Array(repeating: [], count: 256)
  private let hasAny: Bool

  init(_ tokens: [SpecialToken]) {
    for token in tokens {
      guard let first = token.bytes.first else { continue }
      byFirstByte[Int(first)].append(token)
    }
    for index in byFirstByte.indices {
      byFirstByte[index].sort { $0.bytes.count > $1.bytes.count }
    }
    hasAny = tokens.contains { !$0.bytes.isEmpty }
  }

  /// The first token at or after `start`, and where it stands.
  func first(
    in text: [UInt8],
    from start: Int,
    includingControl: Bool
  ) -> (token: SpecialToken, range: Range<Int>)? {
    guard hasAny else { return nil }
    for place in start..<text.count {
      for token in byFirstByte[Int(text[place])] where includingControl || !token.isControl {
        let end = place + token.bytes.count
        if end <= text.count, text[place..<end].elementsEqual(token.bytes) {
          return (token, place..<end)
        }
      }
    }
    return nil
  }
}
