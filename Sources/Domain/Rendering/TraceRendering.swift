public import Traces

/// Turns traces into conversations: the same question for base and trained, the answer to learn.
public struct TraceRendering: Hashable, Sendable {
  /// What follows every prompt.
  public let instruction: AnswerInstruction
  /// How steps and answer are written.
  public let style: ReasoningStyle
  /// A system turn of our own; nil leaves the template's default.
  public let system: String?

  /// Makes a rendering.
  public init(
    instruction: AnswerInstruction = .v1,
    style: ReasoningStyle = .numbered,
    system: String? = nil
  ) {
    self.instruction = instruction
    self.style = style
    self.system = system
  }

  /// The user's text: the prompt, a blank line, the instruction.
  public static func prompt(for trace: Trace, instruction: AnswerInstruction) -> String {
    trace.prompt + "\n\n" + instruction.text
  }

  /// The conversation that asks the trace's question.
  public func question(of trace: Trace) -> [ChatMessage] {
    let user = ChatMessage(
      role: .user,
      content: TraceRendering.prompt(for: trace, instruction: instruction)
    )
    guard let system else { return [user] }
    return [ChatMessage(role: .system, content: system), user]
  }

  /// The question with the answer that training learns.
  public func example(of trace: Trace) -> [ChatMessage] {
    question(of: trace) + [ChatMessage(role: .assistant, content: style.body(of: trace))]
  }
}
