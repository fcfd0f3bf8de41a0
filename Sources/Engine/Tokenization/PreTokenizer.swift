/// How a text is cut into the pieces that merges never cross.
///
/// The patterns are written in the tokenizers as regular expressions; here each is a hand-written
/// scanner over Unicode scalars that gives the same pieces.
enum PreTokenizer: String, Hashable, Sendable, CaseIterable {
  /// GPT-2's pattern.
  case gpt2
  /// Every number character alone, then GPT-2's pattern inside what is between them.
  case smolLM = "smollm"
  /// Qwen2's pattern.
  case qwen2

  /// Calls `body` with the pieces, as ranges of scalars that together are the whole text.
  func forEachPiece(of text: ScannedText, _ body: (Range<Int>) -> Void) {
    switch self {
    case .gpt2: Self.scan(text, 0..<text.count, Self.endOfGPT2Piece, body)
    case .qwen2: Self.scan(text, 0..<text.count, Self.endOfQwen2Piece, body)
    case .smolLM:
      var start = 0
      while start < text.count {
        if text.classes[start] == .number {
          body(start..<start + 1)
          start += 1
        } else {
          let end = text.run(from: start, to: text.count) { $0 != .number }
          Self.scan(text, start..<end, Self.endOfGPT2Piece, body)
          start = end
        }
      }
    }
  }

  private static func scan(
    _ text: ScannedText,
    _ range: Range<Int>,
    _ endOfPiece: (ScannedText, Int, Int) -> Int,
    _ body: (Range<Int>) -> Void
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = endOfPiece(text, start, range.upperBound)
      body(start..<end)
      start = end
    }
  }

  /// The end of the piece that GPT-2's pattern finds at `start`.
  ///
  /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
  ///
  /// Source: `encoder.py` of GPT-2.
  private static func endOfGPT2Piece(_ text: ScannedText, _ start: Int, _ end: Int) -> Int {
    if let contraction = endOfContraction(text, start, end, isCaseSensitive: true) {
      return contraction
    }
    let first = text.scalars[start] == " " && start + 1 < end ? start + 1 : start
    let kind = text.classes[first]
    if !kind.isSpace { return text.run(from: first, to: end) { $0 == kind } }
    return endOfSpaces(text, start, end)
  }

  /// The end of the piece that Qwen2's pattern finds at `start`.
  ///
  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|`
  /// `\s*[\r\n]+|\s+(?!\S)|\s+`
  ///
  /// Source: `tokenizer.json` of Qwen2.
  private static func endOfQwen2Piece(_ text: ScannedText, _ start: Int, _ end: Int) -> Int {
    if let contraction = endOfContraction(text, start, end, isCaseSensitive: false) {
      return contraction
    }
    let kind = text.classes[start]
    let next = start + 1 < end ? text.classes[start + 1] : nil
    if kind == .letter || (next == .letter && (kind == .space || kind == .other)) {
      return text.run(from: start + 1, to: end) { $0 == .letter }
    }
    if kind == .number { return start + 1 }
    if kind == .other || (text.scalars[start] == " " && next == .other) {
      let marks = text.run(from: start + 1, to: end) { $0 == .other }
      return text.run(from: marks, to: end) { $0 == .lineEnd }
    }
    let spaces = text.run(from: start, to: end, \.isSpace)
    let lastLineEnd = text.classes[start..<spaces].lastIndex(of: .lineEnd)
    return lastLineEnd.map { $0 + 1 } ?? endOfSpaces(text, start, end)
  }

  /// `\s+(?!\S)|\s+`: a run of spaces leaves its last one to the word after it.
  private static func endOfSpaces(_ text: ScannedText, _ start: Int, _ end: Int) -> Int {
    let spaces = text.run(from: start, to: end, \.isSpace)
    return spaces == end || spaces == start + 1 ? spaces : spaces - 1
  }

  private static func endOfContraction(
    _ text: ScannedText,
    _ start: Int,
    _ end: Int,
    isCaseSensitive: Bool
  ) -> Int? {
    guard text.scalars[start] == "'", start + 1 < end else { return nil }
    func letter(_ place: Int) -> Unicode.Scalar? {
      guard place < end else { return nil }
      let scalar = text.scalars[place]
      guard !isCaseSensitive else { return scalar }
      // The long s folds to an s; no other letter outside ASCII folds to one that is asked for.
      if scalar == "\u{17F}" { return "s" }
      return ("A"..."Z").contains(scalar) ? Unicode.Scalar(scalar.value + 32) : scalar
    }
    switch (letter(start + 1), letter(start + 2)) {
    case ("s", _), ("t", _), ("m", _), ("d", _): return start + 2
    case ("r", "e"), ("v", "e"), ("l", "l"): return start + 3
    default: return nil
    }
  }
}
