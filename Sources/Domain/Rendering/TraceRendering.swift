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

  /// The user's text: the prompt, then a blank line and the instruction, if that says anything.
  public static func prompt(for trace: Trace, instruction: AnswerInstruction) -> String {
    trace.prompt + (instruction.text.isEmpty ? "" : "\n\n" + instruction.text)
  }

  /// The conversation that asks the trace's question, after what was said before it.
  ///
  /// A system turn of the rendering stands in the place of the trace's own.
  public func question(of trace: Trace) -> [ChatMessage] {
    let user = ChatMessage(
      role: .user,
      content: TraceRendering.prompt(for: trace, instruction: instruction)
    )
    let context = trace.context.map(ChatMessage.init) + [user]
    guard let system else { return context }
    return [ChatMessage(role: .system, content: system)] + context.filter { $0.role != .system }
  }

  /// The question with the answer that training learns.
  public func example(of trace: Trace) -> [ChatMessage] {
    question(of: trace) + [ChatMessage(role: .assistant, content: style.body(of: trace))]
  }
}

extension ChatMessage {
  /// A turn of a trace's context.
  init(_ message: TraceMessage) {
    let role: Role =
      switch message.role {
      case .system: .system
      case .user: .user
      case .assistant: .assistant
      }
    self.init(role: role, content: message.content)
  }
}
