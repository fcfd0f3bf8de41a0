/// The expected answer, read once: a number with a unit, or a text.
struct ExpectedAnswer {
  /// The text in plain signs, without a leading `Answer:`.
  let text: Scalars

  /// The value, when the whole answer is one number.
  let quantity: Quantity?

  /// The number of lines; a reply's answer is taken to be as long.
  let lineCount: Int

  /// The number of words.
  let wordCount: Int

  /// How many later lines of the answer themselves begin with the marker.
  let innerMarkers: Int

  /// Whether the answer is yes, no, true or false.
  let isYesNo: Bool

  init(_ expected: String) {
    let folded = FoldedText(expected).scalars[...]
    var rest = PlainMathematics.plain(folded).trimmed
    rest = AnswerMarker.withoutLeadingMarkers(rest)
    text = rest
    let lines = rest.lines.filter { !$0.trimmed.isEmpty }
    lineCount = max(lines.count, 1)
    wordCount = max(rest.words.count, 1)
    innerMarkers = lines.dropFirst().count { AnswerMarker.answer(inLine: $0) != nil }
    quantity =
      lines.count > 1 ? nil : QuantityReader(text: rest).whole() ?? NumberWords.whole(rest)
    isYesNo = YesNo.words.contains(AnswerText.normalised(rest))
  }
}

/// The asked-for marker: a line that begins with `Answer:`.
enum AnswerMarker {
  private static let decoration = Set("*_#>`~-".unicodeScalars)

  /// What follows the marker in a line, or nil when the line does not begin with it.
  ///
  /// Letter case and Markdown around the word (`**Answer:** 42`, `### Answer: 42`) are forgiven.
  static func answer(inLine line: Scalars) -> Scalars? {
    guard let start = line.firstIndex(where: { !$0.isSpace && !decoration.contains($0) }),
      line.has("answer", at: start)
    else { return nil }
    var place = start + 6
    while let here = line.at(place), here.isBlank || decoration.contains(here) { place += 1 }
    guard line.at(place) == ":" else { return nil }
    return afterDecoration(line, from: place + 1)
  }

  /// The text behind the markers that it begins with; at most eight are taken off.
  static func withoutLeadingMarkers(_ text: Scalars) -> Scalars {
    var rest = text
    for _ in 0..<8 {
      let line = rest[..<(rest.firstIndex { $0 == "\n" } ?? rest.endIndex)]
      guard let answer = answer(inLine: line), !answer.isEmpty else { break }
      rest = rest[answer.startIndex...].trimmed
    }
    return rest
  }

  /// Whether a line is nothing but the word "Answer", as a heading is.
  static func isHeading(_ line: Scalars) -> Bool {
    let inner = line.trimming { $0.isSpace || decoration.contains($0) || $0 == ":" }
    return inner.has("answer", at: inner.startIndex) && inner.count == 6
      || inner.has("final answer", at: inner.startIndex) && inner.count == 12
  }

  /// Whether a text only holds the place of an answer: `<answer>`, `[answer]`, `...`.
  static func isPlaceholder(_ text: Scalars) -> Bool {
    let inner = text.trimming { $0.isSpace || $0 == "*" || $0 == "`" }
    if inner.isEmpty || inner.allSatisfy({ $0 == "." || $0 == "_" }) { return true }
    let content = inner.dropFirst().dropLast()
    let isBracketed =
      inner.first == "<" && inner.last == ">" || inner.first == "[" && inner.last == "]"
    guard isBracketed, content.allSatisfy({ $0.isLetter || $0.isBlank }) else { return false }
    let name = content.string.lowercased()
    return name.contains("answer") || name.contains("your")
  }

  /// Bold that began before the marker may end behind it.
  private static func afterDecoration(_ line: Scalars, from index: Int) -> Scalars {
    var rest = line[index...]
    if rest.has("**", at: rest.startIndex) { rest = rest.dropFirst(2) }
    return rest.trimmed
  }
}

/// The words that answer a yes-or-no question.
enum YesNo {
  static let words: Set<String> = ["yes", "no", "true", "false"]

  private static let closing = Set(".,;:!?)\"'*".unicodeScalars)

  /// The word at the start of the text, unless "and", "or" or "one" makes it part of a phrase.
  static func leading(_ text: Scalars) -> Scalars? {
    let words = text.words
    guard let first = words.first.map({ $0.trimming { !$0.isLetter } }),
      Self.words.contains(first.string.lowercased())
    else { return nil }
    let next = words.dropFirst().first?.string.lowercased() ?? ""
    return ["and", "or", "one"].contains(next) ? nil : first
  }

  /// The first word when it stands by itself, else the last one that does.
  static func standing(in text: Scalars) -> Scalars? {
    let found = text.words.map { ($0, $0.trimming { !$0.isLetter }) }
      .filter { Self.words.contains($0.1.string.lowercased()) }
      .filter { word, bare in
        let isStopped = word.endIndex > bare.endIndex && closing.contains(text[bare.endIndex])
        let next = text.at(word.endIndex)
        return isStopped || next == nil || next == "\n"
      }
    if let first = found.first, first.0.startIndex == text.trimmed.startIndex { return first.1 }
    return found.last?.1
  }
}
