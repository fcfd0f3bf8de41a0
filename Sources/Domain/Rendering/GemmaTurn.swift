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
    var text = inferencePrefix(trace, system: system)
    text += ReasoningStyle.numbered.body(of: trace)
    text += end
    return text
  }

  /// What the model is given to continue: the turns that led to the question, then the question.
  ///
  /// There is no system role: a system text stands at the start of the first user turn, a blank line
  /// before what the user says; one that is named takes the place of the trace's own. The text ends
  /// in `<start_of_turn>model` and the line break that training text has there.
  public static func inferencePrefix(_ trace: Trace, system: String? = nil) -> String {
    var turns = trace.context.filter { $0.role != .system }
    turns.append(TraceMessage(role: .user, content: trace.prompt))
    var text = ""
    var before = system ?? trace.context.first { $0.role == .system }?.content ?? ""
    for turn in turns {
      let isUser = turn.role == .user
      text += start
      text += isUser ? "user" : model
      text += "\n"
      if isUser, !before.isEmpty {
        text += before
        text += "\n\n"
        before = ""
      }
      text += turn.content
      text += end
      text += "\n"
    }
    text += start
    text += model
    text += "\n"
    return text
  }
}
