extension AnswerLadder {
  /// How many mentions of "answer" are looked at, from the last one back.
  private static let maximumMentions = 50

  /// How far behind "answer to …" the linking word may stand, in scalars.
  private static let maximumReach = 160

  /// The last "the answer is …" that an answer follows.
  var phrase: CandidateReading? {
    let text = reply.plain
    var mentions = 0
    for index in text.indices.reversed() where text.has("answer", at: index) {
      guard mentions < Self.maximumMentions else { return nil }
      mentions += 1
      let isWordStart = text.at(index - 1).map { !$0.isWordPart } ?? true
      guard isWordStart, let start = answerStart(in: text, after: index + 6) else { continue }
      let candidate = reply.block(from: start, lineCount: wanted.lineCount)
      if isPlaceholder(candidate) { continue }
      let reader = CandidateReader(wanted: wanted)
      if let reading = reader.read(candidate, takesLeading: true) { return reading }
    }
    return nil
  }

  /// The index behind the linking word that follows a mention of "answer".
  private func answerStart(in text: Scalars, after index: Int) -> Int? {
    var place = index
    while let here = text.at(place), here.isBlank || here == "*" { place += 1 }
    if let end = linkEnd(in: text, at: place) { return end }
    if text.at(place) == "\n" {
      let lineStart = text[..<place].lastIndex(of: "\n").map { $0 + 1 } ?? text.startIndex
      return AnswerMarker.isHeading(text[lineStart..<place]) ? place : nil
    }
    guard ["to ", "for ", "of "].contains(where: { text.has($0, at: place) }) else { return nil }
    let limit = min(text.endIndex, place + Self.maximumReach)
    for here in place..<limit where text[here].isBlank || text[here] == ":" {
      let isSentenceEnd = text.at(here - 1).map { ".!?".unicodeScalars.contains($0) } ?? false
      if isSentenceEnd { return nil }
      let start = text[here] == ":" ? here : text.skippingBlanks(from: here)
      if let end = linkEnd(in: text, at: start) { return end }
    }
    return nil
  }

  private func linkEnd(in text: Scalars, at index: Int) -> Int? {
    let links = ["is", "was", "would be", "should be", "will be", "must be", "equals", ":", "="]
    guard let link = links.first(where: { isLink($0, in: text, at: index) }) else { return nil }
    var end = index + link.utf8.count
    while let here = text.at(end), here.isBlank || ":=*".unicodeScalars.contains(here) { end += 1 }
    return end
  }

  private func isLink(_ link: String, in text: Scalars, at index: Int) -> Bool {
    guard text.has(link, at: index) else { return false }
    let isSign = link == ":" || link == "="
    return isSign || text.at(index + link.utf8.count).map { !$0.isWordPart } ?? true
  }
}
