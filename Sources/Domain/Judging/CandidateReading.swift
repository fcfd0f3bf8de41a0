/// What a stretch of the reply says, compared with the expected answer.
struct CandidateReading {
  /// Whether the value is the expected one.
  let isExpected: Bool

  /// The text that was compared.
  let shown: Scalars

  /// Why the text could not be read as one value, if so.
  var remark: String?
}

/// Compares a stretch of the reply with the expected answer.
struct CandidateReader {
  let wanted: ExpectedAnswer

  /// Reads a stretch as the answer; nil when a number is wanted and none is there.
  ///
  /// When a stretch holds several numbers none of which is marked as the value, it is read as
  /// wrong unless `takesLeading` says that the first number is the answer.
  func read(_ candidate: Scalars, takesLeading: Bool) -> CandidateReading? {
    if AnswerText.normalised(candidate) == AnswerText.normalised(wanted.text) {
      return CandidateReading(isExpected: true, shown: candidate)
    }
    guard let quantity = wanted.quantity else { return text(candidate) }
    return number(candidate, wanted: quantity, takesLeading: takesLeading)
  }

  /// The quantity on the right of the last equals sign, if it closes the stretch.
  static func equation(in text: Scalars) -> Quantity? {
    guard let sign = text.indices.last(where: { isEquals(text, at: $0) }) else { return nil }
    let right = text[(sign + 1)...].trimming { $0.isSpace || $0 == "*" || $0 == "~" }
    let quantity = QuantityReader(text: right).whole() ?? leading(right)
    guard let quantity, !quantity.isUndoneDivision else { return nil }
    let next = right.at(right.skippingBlanks(from: quantity.range.upperBound))
    let isOperator = next.map { "+*/-\u{D7}\u{F7}^".unicodeScalars.contains($0) } ?? false
    return isOperator ? nil : quantity
  }
}

extension CandidateReader {
  private func number(
    _ candidate: Scalars,
    wanted: Quantity,
    takesLeading: Bool
  )
    -> CandidateReading?
  {
    var clause = Self.clause(candidate)
    if !clause.contains(where: \.isDigit), candidate.contains(where: \.isDigit) {
      clause = candidate  // The clause ended too early, as behind "approx.".
    }
    let single =
      QuantityReader(text: clause).whole() ?? NumberWords.whole(clause)
      ?? Self.equation(in: clause)
    if let single { return reading(single, clause, wanted) }
    let all = QuantityReader(text: clause).all()
    guard let first = all.first else {
      return NumberWords.last(in: clause).map { reading($0, clause, wanted) }
    }
    let sameUnit = all.filter { $0.unit.isSameKnown(as: wanted.unit) }
    if all.count == 1 || takesLeading { return reading(sameUnit.first ?? first, clause, wanted) }
    if sameUnit.count == 1, let only = sameUnit.first { return reading(only, clause, wanted) }
    return CandidateReading(
      isExpected: false,
      shown: clause,
      remark: "it holds several numbers"
    )
  }

  private func reading(
    _ found: Quantity,
    _ clause: Scalars,
    _ wanted: Quantity
  )
    -> CandidateReading
  {
    CandidateReading(isExpected: found.matches(wanted), shown: clause)
  }

  private func text(_ candidate: Scalars) -> CandidateReading {
    let clause = Self.clause(candidate)
    var forms = [candidate, clause]
    if let sentence = candidate.sentences.first { forms.append(sentence) }
    let quoted = AnswerText.quoted(candidate)
    if quoted.count == 1 { forms += quoted }
    if let end = Statement.end(of: clause) { forms.append(end) }
    if wanted.isYesNo, let word = YesNo.leading(candidate) { forms.append(word) }
    let isExpected = forms.contains { AnswerText.areEqual($0, wanted.text) }
    return CandidateReading(isExpected: isExpected, shown: candidate)
  }

  /// The first sentence of a candidate, up to an explanation in parentheses or after "because".
  private static func clause(_ candidate: Scalars) -> Scalars {
    let sentence = (candidate.sentences.first ?? candidate).trimmed
    let cuts = [" (", " because ", " since ", ", because ", ", since "]
      .compactMap { sentence.dropFirst().firstIndex(of: $0) }
    guard let cut = cuts.min() else { return sentence }
    return sentence[..<cut].trimmed
  }

  private static func leading(_ text: Scalars) -> Quantity? {
    QuantityReader(text: text).quantity(at: text.startIndex)
  }

  private static func isEquals(_ text: Scalars, at index: Int) -> Bool {
    let here = text[index]
    if here == "\u{2248}" { return true }
    guard here == "=" else { return false }
    let around = [text.at(index - 1), text.at(index + 1)].compactMap(\.self)
    return around.allSatisfy { !"<>!".unicodeScalars.contains($0) }
  }
}

/// Sentences that state their answer at the end: "the capital of Japan is Tokyo".
enum Statement {
  private static let links = [
    " is ", " are ", " was ", " be ", " becomes ", " gives ", " equals ", " = ", ": ",
  ]

  /// What follows the last linking word of a sentence.
  static func end(of sentence: Scalars) -> Scalars? {
    var best: Int?
    for link in links {
      guard let index = sentence.lastIndex(of: link) else { continue }
      best = max(best ?? index, index + link.utf8.count)
    }
    guard let best else { return nil }
    let rest = sentence[best...].trimmed
    return rest.isEmpty ? nil : rest
  }
}
