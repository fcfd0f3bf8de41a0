public import Traces

/// Gemma's turn format as the predecessor's exports write it: no `<bos>`, nothing trimmed.
///
/// The rules are those of the predecessor's section 4.4; snapshot tests hold every byte.
public enum GemmaTurn {
  static let start = "<start_of_turn>"
  static let end = "<end_of_turn>"
  static let model = "model"

  /// A whole training sample: the user turn, one line break, the model turn.
  public static func trainingText(_ trace: Trace, system: String? = nil) -> String {
    inferencePrefix(trace, system: system) + ReasoningStyle.numbered.body(of: trace) + end
  }

  /// What the model is given to continue; it ends in `<start_of_turn>model` and the line break
  /// that training text has there.
  public static func inferencePrefix(_ trace: Trace, system: String? = nil) -> String {
    start + "user\n" + question(trace.prompt, system: system) + end + "\n"
      + start + model + "\n"
  }

  private static func question(_ prompt: String, system: String?) -> String {
    guard let system, !system.isEmpty else { return prompt }
    return system + "\n\n" + prompt
  }
}
