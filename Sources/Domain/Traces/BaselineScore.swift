public import Foundations

/// A score of a trace's shape: more and longer steps score higher, up to a bound.
///
/// 50 · min(steps / 10, 1) + 50 · min(mean characters of a step / 500, 1), to two decimals: the
/// formula of the predecessor, for comparing traces, not for judging answers.
public struct BaselineScore: Hashable, Sendable {
  /// The criteria's name.
  public static let criteria = "baseline"

  /// How many steps the trace has.
  public let stepCount: Int
  /// Characters (Unicode scalars) of all steps.
  public let stepCharacters: Int

  /// Scores a trace.
  public init(of trace: Trace) {
    stepCount = trace.steps.count
    stepCharacters = trace.stepCharacterCount
  }

  /// The score, 0 to 100.
  public var value: Double { Self.rounded(stepPart + lengthPart) }

  /// How the score came about.
  public var details: JSONValue {
    [
      "step_count": JSONValue(stepCount),
      "avg_step_length": JSONValue(Self.rounded(meanLength)),
      "total_chars": JSONValue(stepCharacters),
      "step_score": JSONValue(Self.rounded(stepPart)),
      "length_score": JSONValue(Self.rounded(lengthPart)),
      "criteria": .string(Self.criteria),
    ]
  }

  private var meanLength: Double { Double(stepCharacters) / Double(max(stepCount, 1)) }
  private var stepPart: Double { 50 * min(Double(stepCount) / 10, 1) }
  private var lengthPart: Double { 50 * min(meanLength / 500, 1) }

  private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
