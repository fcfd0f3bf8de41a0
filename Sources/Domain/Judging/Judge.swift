/// The name and version of a judge, written `answer_correctness@v2`.
///
/// A score without its judge cannot be compared with another one, so every stored judgement names
/// its judge. A judge never changes its rule under the same version.
public struct JudgeIdentity: Hashable, Sendable, Codable, CustomStringConvertible {
  /// What the judge measures, for example `answer_correctness`.
  public let name: String

  /// The version of the rule, for example `v2`.
  public let version: String

  /// Names a judge.
  public init(name: String, version: String) {
    self.name = name
    self.version = version
  }

  /// The identity as it is written everywhere: `name@version`.
  public var description: String { "\(name)@\(version)" }
}

/// What a judge says about one prediction.
public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
  /// An answer was found and its value is the expected one.
  case correct

  /// An answer was found and its value is another one.
  case incorrect

  /// No answer was found where this outcome looks for one.
  case unparseable
}

/// The judgement of one prediction: two outcomes, where the answer stood, and why.
public struct Judgement: Hashable, Sendable, Codable {
  /// The outcome that counts an answer only at the asked-for marker.
  public let strict: Outcome

  /// The outcome that takes the whole ladder of places.
  public let lenient: Outcome

  /// The place where the lenient outcome found its answer; nil when it found none.
  public let rung: String?

  /// The text that was compared, shortened; nil when nothing was found.
  public let extracted: String?

  /// One sentence for people.
  public let reason: String

  /// Makes a judgement from its parts.
  public init(
    strict: Outcome,
    lenient: Outcome,
    rung: String?,
    extracted: String?,
    reason: String
  ) {
    self.strict = strict
    self.lenient = lenient
    self.rung = rung
    self.extracted = extracted
    self.reason = reason
  }
}

/// A pure rule that says whether a prediction holds the expected answer.
public protocol Judge: Sendable {
  /// The name and version stored beside each judgement.
  var identity: JudgeIdentity { get }

  /// Judges one prediction; the same two texts always give the same judgement.
  func judge(prediction: String, expected: String) -> Judgement
}
