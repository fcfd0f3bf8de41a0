/// `answer_correctness@v1`: the predecessor's rule, kept so that old scores can be checked.
///
/// The text after the last `Answer:` is trimmed, lower-cased and compared exactly; the same is
/// done to the expected answer. Without a marker the strict outcome is unparseable and the lenient
/// outcome compares the whole reply, which is what the predecessor's program did.
/// White space inside, numbers, units and punctuation are compared as they stand.
public struct AnswerCorrectnessV1: Judge {
  /// Makes the judge; it has no settings.
  public init() {}

  /// `answer_correctness@v1`.
  public var identity: JudgeIdentity { JudgeIdentity(name: "answer_correctness", version: "v1") }

  /// Judges by exact text after the marker.
  public func judge(prediction: String, expected: String) -> Judgement {
    let wanted = Self.normalised(Self.afterMarker(expected) ?? expected)
    let marked = Self.afterMarker(prediction).map(Self.normalised)
    let whole = Self.normalised(prediction)
    let strict = outcome(found: marked, wanted: wanted)
    guard let found = marked ?? (whole.isEmpty ? nil : whole), !found.isEmpty else {
      let reason = marked == nil ? "the reply is empty" : "nothing follows the marker \"Answer:\""
      return Judgement(
        strict: .unparseable,
        lenient: .unparseable,
        rung: nil,
        extracted: nil,
        reason: reason
      )
    }
    let lenient = outcome(found: found, wanted: wanted)
    let relation = lenient == .correct ? "is the expected text" : "is not the expected text"
    let place =
      marked == nil ? "no marker \"Answer:\"; the whole reply" : "the text after \"Answer:\""
    return Judgement(
      strict: strict,
      lenient: lenient,
      rung: (marked == nil ? AnswerRung.reply : AnswerRung.marker).rawValue,
      extracted: String(found.prefix(200)),
      reason: "\(place) \(relation)"
    )
  }
}

extension AnswerCorrectnessV1 {
  private func outcome(found: String?, wanted: String) -> Outcome {
    guard let found, !found.isEmpty else { return .unparseable }
    return found == wanted ? .correct : .incorrect
  }

  private static func normalised(_ text: String) -> String {
    String(text.trimming(while: \.isWhitespace)).lowercased()
  }

  /// The text after the last `Answer:`, or nil when there is none.
  private static func afterMarker(_ text: String) -> String? {
    let scalars = Array(text.unicodeScalars)
    guard let start = scalars[...].lastIndex(of: "answer:") else { return nil }
    return scalars[(start + 7)...].string
  }
}

extension String {
  /// The text without the leading and trailing characters that satisfy the condition.
  func trimming(while isDropped: (Character) -> Bool) -> Substring {
    var rest = self[...]
    while let first = rest.first, isDropped(first) { rest.removeFirst() }
    while let last = rest.last, isDropped(last) { rest.removeLast() }
    return rest
  }
}
