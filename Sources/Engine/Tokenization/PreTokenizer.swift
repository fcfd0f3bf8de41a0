/// How a text is cut into the pieces that merges never cross.
///
/// The patterns are written in the tokenizers as regular expressions; here each is a hand-written
/// scanner that gives the same pieces.
enum PreTokenizer: String, Hashable, Sendable, CaseIterable {
  /// GPT-2's pattern.
  case gpt2
  /// Every number character alone, then GPT-2's pattern inside what is between them.
  case smolLM = "smollm"
  /// The pattern of Qwen2, Qwen2.5 and Qwen3: every number character alone.
  case qwen2
  /// Llama 3's pattern: Qwen2's with up to three number characters together.
  case llama3

  /// The end of the piece that starts at `start`, which must be before `end`.
  func endOfPiece(_ text: ScannedText, from start: Int, to end: Int) -> Int {
    switch self {
    case .gpt2: Self.endOfGPT2Piece(text, start, end, isolatesNumbers: false)
    case .smolLM: Self.endOfGPT2Piece(text, start, end, isolatesNumbers: true)
    case .qwen2: Self.endOfQwen2Piece(text, start, end, mostNumbers: 1)
    case .llama3: Self.endOfQwen2Piece(text, start, end, mostNumbers: 3)
    }
  }

  /// The end of the piece that GPT-2's pattern finds.
  ///
  /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
  ///
  /// With `isolatesNumbers` the text is cut before and after every number first, so a number
  /// is a piece and white space before one stays whole.
  ///
  /// Source: `encoder.py` of GPT-2; `tokenizer.json` of SmolLM2.
  private static func endOfGPT2Piece(
    _ text: ScannedText,
    _ start: Int,
    _ end: Int,
    isolatesNumbers: Bool
  ) -> Int {
    var kind = text.classes[start]
    if kind == .letter { return text.run(of: .letter, from: start, to: end) }
    if kind == .number, isolatesNumbers { return text.next(after: start) }
    var first = start
    if text.bytes[start] == 0x20, start + 1 < end {
      first = start + 1
      kind = text.classes[first]
    } else if let contraction = endOfContraction(text, start, end, isCaseSensitive: true) {
      return contraction
    }
    if !kind.isSpace, !(isolatesNumbers && kind == .number) {
      return text.run(of: kind, from: first, to: end)
    }
    return endOfSpaces(text, start, end, keepsLastBeforeNumber: isolatesNumbers)
  }

  /// The end of the piece that the pattern of Qwen2 or Llama 3 finds.
  ///
  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|`
  /// `\s*[\r\n]+|\s+(?!\S)|\s+`, in Llama 3 with `\p{N}{1,3}`.
  ///
  /// Source: `tokenizer.json` of Qwen2 and of Llama 3.
  private static func endOfQwen2Piece(
    _ text: ScannedText,
    _ start: Int,
    _ end: Int,
    mostNumbers: Int
  ) -> Int {
    let kind = text.classes[start]
    if kind == .letter { return text.run(of: .letter, from: start, to: end) }
    if kind == .number {
      var place = text.next(after: start)
      for _ in 1..<mostNumbers where place < end && text.classes[place] == .number {
        place = text.next(after: place)
      }
      return place
    }
    if let contraction = endOfContraction(text, start, end, isCaseSensitive: false) {
      return contraction
    }
    let second = text.next(after: start)
    if second < end, kind != .lineEnd, text.classes[second] == .letter {
      return text.run(of: .letter, from: second, to: end)
    }
    let startsWithSpace = text.bytes[start] == 0x20 && second < end
    if kind == .other || (startsWithSpace && text.classes[second] == .other) {
      let marks = text.run(of: .other, from: second, to: end)
      return text.run(of: .lineEnd, from: marks, to: end)
    }
    let spaces = text.runOfSpaces(from: start, to: end)
    var place = spaces
    while place > start {
      if text.classes[place - 1] == .lineEnd { return place }
      place -= 1
    }
    return endOfSpaces(text, start, end, keepsLastBeforeNumber: false)
  }

  /// `\s+(?!\S)|\s+`: a run of spaces leaves its last one to the word after it.
  private static func endOfSpaces(
    _ text: ScannedText,
    _ start: Int,
    _ end: Int,
    keepsLastBeforeNumber: Bool
  ) -> Int {
    let spaces = text.runOfSpaces(from: start, to: end)
    if spaces == end { return spaces }
    if keepsLastBeforeNumber, text.classes[spaces] == .number { return spaces }
    let last = text.previous(before: spaces)
    return last > start ? last : spaces
  }

  private static func endOfContraction(
    _ text: ScannedText,
    _ start: Int,
    _ end: Int,
    isCaseSensitive: Bool
  ) -> Int? {
    guard text.bytes[start] == UInt8(ascii: "'"), start + 1 < end else { return nil }
    // The long s folds to an s; no other letter outside ASCII folds to one that is asked for.
    if !isCaseSensitive, text.bytes[start + 1] == 0xC5, start + 2 < end,
      text.bytes[start + 2] == 0xBF
    {
      return start + 3
    }
    func letter(_ place: Int) -> UInt8 {
      guard place < end else { return 0 }
      let byte = text.bytes[place]
      let isCapital = !isCaseSensitive && (0x41...0x5A).contains(byte)
      return isCapital ? byte + 32 : byte
    }
    switch (letter(start + 1), letter(start + 2)) {
    case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _),
      (UInt8(ascii: "d"), _):
      return start + 2
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return start + 3
    default: return nil
    }
  }
}
