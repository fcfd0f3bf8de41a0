/// The sentence that tells a model how to answer; base and trained runs get the very same one.
public enum AnswerInstruction: String, Hashable, Sendable, CaseIterable, Codable {
  /// Asks for short numbered steps and a last line `Answer: <answer>`.
  case v1
  /// The predecessor's sentence in its `training_example` rows; it names no answer format.
  case showSteps = "show_steps"
  /// Says nothing: the prompt stands alone.
  case promptOnly = "none"

  /// The instruction's text.
  public var text: String {
    switch self {
    case .v1:
      "Work step by step in short numbered lines. "
        + "Then write one last line exactly like this:\nAnswer: <answer>"
    case .showSteps:
      "Please show your reasoning steps."
    case .promptOnly:
      ""
    }
  }
}
