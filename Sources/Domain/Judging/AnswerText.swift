/// Texts compared as answers.
///
/// Letter case never counts: "PARIS" is "Paris", and a task whose point is letter case cannot be
/// judged by this rule. White space is one blank; quotation marks, Markdown, sentence marks at the
/// end and an article in front are dropped. A text of nothing but such marks is compared whole.
enum AnswerText {
  private static let wrapping = Set("\"'*_~` ".unicodeScalars)
  /// Signs around which white space does not count: `x = 5` is `x=5`.
  private static let operators = Set("=+/<>\u{D7}\u{F7}".unicodeScalars)

  private static let closing = Set(".,;:!?".unicodeScalars)

  /// The form in which two texts are compared.
  static func normalised(_ text: Scalars) -> String {
    var kept: [Unicode.Scalar] = []
    var isAfterBlank = false
    for index in text.indices {
      let here = text[index]
      let isBold = here == "*" && (text.at(index - 1) == "*" || text.at(index + 1) == "*")
      if here == "`" || isBold { continue }
      if !here.isSpace {
        let isTight = operators.contains(here) || kept.last.map(operators.contains) ?? true
        if isAfterBlank, !isTight { kept.append(" ") }
        kept.append(here)
      }
      isAfterBlank = here.isSpace
    }
    let inner = withoutEnds(kept[...])
    guard !inner.isEmpty else { return kept[...].string.lowercased() }
    return inner.string.lowercased()
  }

  /// Whether two texts are the same answer, as one text or as lists of the same values in order.
  static func areEqual(_ left: Scalars, _ right: Scalars) -> Bool {
    if normalised(left) == normalised(right) { return true }
    let (parts, others) = (items(left), items(right))
    guard parts.count > 1, parts.count == others.count else { return false }
    return zip(parts, others).allSatisfy { part, other in
      if normalised(part) == normalised(other) { return true }
      guard let value = QuantityReader(text: part).whole(),
        let otherValue = QuantityReader(text: other).whole()
      else { return false }
      return value.matches(otherValue)
    }
  }

  /// The texts in quotation marks, code marks or bold, in order.
  static func quoted(_ text: Scalars) -> [Scalars] {
    var found: [Scalars] = []
    var index = text.startIndex
    while index < text.endIndex {
      guard let mark = openingMark(text, at: index) else {
        index += 1
        continue
      }
      let start = index + mark.utf8.count
      guard
        let end = (start..<min(text.endIndex, start + 200)).first(where: {
          isClosing(mark, text, at: $0, start: start)
        })
      else {
        index = start
        continue
      }
      found.append(text[start..<end])
      index = end + mark.utf8.count
    }
    return found.filter { !$0.trimmed.isEmpty }
  }
}

extension AnswerText {
  private static func withoutEnds(_ text: Scalars) -> Scalars {
    var rest = text
    while let last = rest.last, wrapping.contains(last) || closing.contains(last) {
      rest = rest.dropLast()
    }
    rest = rest.trimming { wrapping.contains($0) }
    if rest.first == "(", rest.last == ")", rest.count > 2 { rest = rest.dropFirst().dropLast() }
    for article in ["the ", "an ", "a "]
    where rest.has(article, at: rest.startIndex) && rest.count > article.utf8.count {
      return rest.dropFirst(article.utf8.count)
    }
    return rest
  }

  /// The parts between commas, semicolons and "and".
  private static func items(_ text: Scalars) -> [Scalars] {
    var found: [Scalars] = []
    for part in text.trimmed.split(whereSeparator: { $0 == "," || $0 == ";" }) {
      var words = part.words
      if words.first.map({ $0.string.lowercased() == "and" }) == true, !found.isEmpty {
        words.removeFirst()
      }
      let pieces = words.split { $0.string.lowercased() == "and" }
      for piece in pieces {
        if let first = piece.first, let last = piece.last {
          found.append(text[first.startIndex..<last.endIndex])
        }
      }
    }
    return found
  }

  private static func openingMark(_ text: Scalars, at index: Int) -> String? {
    let next = text.at(index + 1)
    guard let next, !next.isSpace else { return nil }
    switch text[index] {
    case "\"": return "\""
    case "`": return "`"
    case "*": return next == "*" && text.at(index + 2).map { !$0.isSpace } == true ? "**" : nil
    case "'": return text.at(index - 1).map { !$0.isWordPart } ?? true ? "'" : nil
    default: return nil
    }
  }

  private static func isClosing(_ mark: String, _ text: Scalars, at index: Int, start: Int) -> Bool
  {
    guard index > start, text.has(mark, at: index) else { return false }
    if mark != "'" { return true }
    return text.at(index + 1).map { !$0.isWordPart } ?? true
  }
}
