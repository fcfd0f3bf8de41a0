/// `answer_correctness@v2`: finds the answer of a reply and compares it by value.
///
/// **Where.** Strict looks only at the asked-for marker, a line that begins with `Answer:` (the
/// last one that an answer follows). Lenient goes down `AnswerRung`; the first rung that holds an
/// answer decides. Nothing found where an outcome looks is `unparseable`.
///
/// **What is equal.** Numbers are equal when their values are exactly equal: `1,234.50` and
/// `1234.5`, `1/2` and `0.5`, `1 1/2` and `1.5`, `3e2` and `300`, `forty-two` and `42`. Nothing is
/// rounded, so `0.33` is not `1/3`. A unit or currency sign may be missing on one side, but two
/// different ones do not match and none is converted. A percentage is a number with the unit
/// percent (`25%` is `25 percent` and, the unit left out, `25`), and also equals its plain value
/// without a unit (`0.25`). Texts are equal without regard to letter case, white space, Markdown,
/// quotation marks, an article in front and sentence marks behind; lists, item by item.
///
/// Time and memory are linear in the reply; no pattern engine is used.
public struct AnswerCorrectnessV2: Judge {
  /// Makes the judge; it has no settings.
  public init() {}

  /// `answer_correctness@v2`.
  public var identity: JudgeIdentity { JudgeIdentity(name: "answer_correctness", version: "v2") }

  /// Judges by value, strictly at the marker and leniently on the whole ladder.
  public func judge(prediction: String, expected: String) -> Judgement {
    let wanted = ExpectedAnswer(expected)
    guard !wanted.text.isEmpty else { return Self.unread("the expected answer is empty") }
    let reply = Reply(prediction, expected: expected)
    guard !reply.plain.trimmed.isEmpty else { return Self.unread("the reply is empty") }
    let ladder = AnswerLadder(reply: reply, wanted: wanted)
    if let reading = ladder.marked {
      let outcome = Self.outcome(reading)
      return Self.judgement(strict: outcome, rung: .marker, reading, prefix: "")
    }
    let missing = "no line \"Answer: …\"; "
    guard let found = ladder.unmarked else {
      return Self.unread(missing + "no answer found anywhere else")
    }
    return Self.judgement(
      strict: .unparseable,
      rung: found.rung,
      found.reading,
      prefix: missing
    )
  }
}

extension AnswerCorrectnessV2 {
  /// Longest extract kept with a judgement, in characters.
  private static let maximumExtract = 200

  private static func outcome(_ reading: CandidateReading) -> Outcome {
    reading.isExpected ? .correct : .incorrect
  }

  private static func unread(_ reason: String) -> Judgement {
    Judgement(
      strict: .unparseable,
      lenient: .unparseable,
      rung: nil,
      extracted: nil,
      reason: reason
    )
  }

  private static func judgement(
    strict: Outcome,
    rung: AnswerRung,
    _ reading: CandidateReading,
    prefix: String
  ) -> Judgement {
    let verb = reading.isExpected ? "is the expected value" : "is not the expected value"
    let remark = reading.remark.map { ": \($0)" } ?? ""
    return Judgement(
      strict: strict,
      lenient: outcome(reading),
      rung: rung.rawValue,
      extracted: String(reading.shown.string.prefix(maximumExtract)),
      reason: "\(prefix)the answer at \(rung.place) \(verb)\(remark)"
    )
  }
}

extension AnswerRung {
  /// The place in words, for reasons.
  var place: String {
    switch self {
    case .marker: "the marker"
    case .hashes: "####"
    case .boxed: "\\boxed{}"
    case .phrase: "\"the answer is\""
    case .equation: "the closing equation"
    case .number: "the last number"
    case .quoted: "the last quoted text"
    case .yesNo: "a free-standing yes or no"
    case .statement: "the end of a sentence"
    case .reply: "the whole reply"
    }
  }
}
