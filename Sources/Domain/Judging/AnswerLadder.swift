/// Finds the answer of a reply on one rung after the other.
struct AnswerLadder {
  let reply: Reply
  let wanted: ExpectedAnswer

  /// The reading at the asked-for marker; nil when no marker is followed by an answer.
  var marked: CandidateReading? {
    var starts: [Int] = []
    for line in reply.lines {
      guard let answer = AnswerMarker.answer(inLine: line) else { continue }
      let candidate = block(from: answer.startIndex)
      let isAnswer = !isPlaceholder(candidate) && (answer.isEmpty || !isPlaceholder(answer))
      if isAnswer { starts.append(answer.startIndex) }
    }
    guard !starts.isEmpty else { return nil }
    let start = starts[max(0, starts.count - 1 - wanted.innerMarkers)]
    let candidate = AnswerMarker.withoutLeadingMarkers(block(from: start))
    return reader.read(candidate, takesLeading: false)
      ?? CandidateReading(isExpected: false, shown: candidate, remark: "it holds no number")
  }

  /// The first rung below the marker that holds an answer.
  var unmarked: (rung: AnswerRung, reading: CandidateReading)? {
    for rung in AnswerRung.allCases where rung != .marker {
      if let reading = reading(at: rung) { return (rung, reading) }
    }
    return nil
  }
}

extension AnswerLadder {
  private var reader: CandidateReader { CandidateReader(wanted: wanted) }

  private func reading(at rung: AnswerRung) -> CandidateReading? {
    switch rung {
    case .marker: marked
    case .hashes: hashes
    case .boxed: boxed
    case .phrase: phrase
    case .equation: equation
    case .number: number
    case .quoted: quoted
    case .yesNo: yesNo
    case .statement: statement
    case .reply: wholeReply
    }
  }

  private func block(from index: Int) -> Scalars {
    reply.block(from: index, lineCount: wanted.lineCount)
  }

  /// Whether a text only holds the place of an answer, and is not itself the expected one.
  func isPlaceholder(_ text: Scalars) -> Bool {
    guard AnswerMarker.isPlaceholder(text) else { return false }
    return text.isEmpty || AnswerText.normalised(text) != AnswerText.normalised(wanted.text)
  }

  private func compared(_ quantity: Quantity, in text: Scalars) -> CandidateReading? {
    guard let value = wanted.quantity else { return nil }
    return CandidateReading(isExpected: quantity.matches(value), shown: text[quantity.range])
  }

  private func compared(_ text: Scalars) -> CandidateReading {
    CandidateReading(isExpected: AnswerText.areEqual(text, wanted.text), shown: text)
  }

  private var hashes: CandidateReading? {
    guard let mark = reply.plain.lastIndex(of: "####") else { return nil }
    var start = mark
    while reply.plain.at(start) == "#" { start += 1 }
    let lineEnd = reply.plain[start...].firstIndex(of: "\n") ?? reply.plain.endIndex
    let line = reply.plain[start..<lineEnd].trimmed
    if isPlaceholder(line) { return nil }
    if wanted.quantity != nil {
      let quantity = QuantityReader(text: line).whole() ?? CandidateReader.equation(in: line)
      return quantity == nil ? nil : reader.read(line, takesLeading: true)
    }
    // A heading has more text under it; an answer after the marks ends the reply.
    let candidate = block(from: start)
    return reply.plain[candidate.endIndex...].trimmed.isEmpty ? compared(candidate) : nil
  }

  private var boxed: CandidateReading? {
    let text = reply.folded
    let starts = ["\\boxed{", "\\fbox{"].compactMap { mark in
      text.lastIndex(of: mark).map { $0 + mark.utf8.count }
    }
    guard let start = starts.max() else { return nil }
    var depth = 1
    let end = text[start...].indices.first { index in
      if text[index] == "{" { depth += 1 }
      if text[index] == "}" { depth -= 1 }
      return depth == 0 || text[index] == "\n"
    }
    let inner = PlainMathematics.plain(text[start..<(end ?? text.endIndex)]).trimmed
    return inner.isEmpty ? nil : reader.read(inner, takesLeading: false)
  }

  private var equation: CandidateReading? {
    guard wanted.quantity != nil else { return nil }
    let text = reply.withoutEnumerators
    for sentence in text.sentences.reversed() {
      if let quantity = CandidateReader.equation(in: sentence) {
        return compared(quantity, in: text)
      }
      if !QuantityReader(text: sentence).all().isEmpty { return nil }
    }
    return nil
  }

  private var number: CandidateReading? {
    guard let value = wanted.quantity else { return nil }
    let text = reply.withoutEnumerators
    let found = QuantityReader(text: text).all().filter { !$0.isUndoneDivision }
    if let fitting = found.last(where: { $0.unit.agrees(with: value.unit) }) ?? found.last {
      return compared(fitting, in: text)
    }
    return NumberWords.last(in: text).flatMap { compared($0, in: text) }
  }

  private var quoted: CandidateReading? {
    guard wanted.quantity == nil, !wanted.isYesNo else { return nil }
    return AnswerText.quoted(reply.plain).last.map(compared)
  }

  private var yesNo: CandidateReading? {
    guard wanted.isYesNo else { return nil }
    return YesNo.standing(in: reply.plain).map(compared)
  }

  private var statement: CandidateReading? {
    guard wanted.quantity == nil, !wanted.isYesNo else { return nil }
    let sentences = reply.plain.sentences
    for sentence in [sentences.last, sentences.first].compactMap(\.self) {
      guard let end = Statement.end(of: sentence), end.words.count <= wanted.wordCount else {
        continue
      }
      return compared(end)
    }
    return nil
  }

  private var wholeReply: CandidateReading? {
    let count = reply.plain.words.count
    let limit = wanted.wordCount == 1 ? 1 : wanted.wordCount + 2
    guard wanted.quantity == nil, count <= limit else { return nil }
    return compared(reply.plain.trimmed)
  }
}
