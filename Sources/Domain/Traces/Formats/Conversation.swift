import Foundations

/// A conversation of any format that ends in a model's reply: the reply and the question before it
/// make the trace, what came earlier is its context.
struct Conversation {
  /// One turn and where it stands in its record.
  struct Turn {
    let message: TraceMessage
    let reasoning: String?
    let pointer: String
  }

  private var turns: [Turn]

  /// Takes the turns as they came; a system text that stands beside them goes first.
  init(_ turns: [Turn], system: String? = nil) {
    self.turns = turns
    if let system, !system.isEmpty {
      let message = TraceMessage(role: .system, content: system)
      self.turns.insert(Turn(message: message, reasoning: nil, pointer: "/system"), at: 0)
    }
  }

  /// The trace of the last exchange.
  func trace(meta: JSONValue?, pointer: String) throws(TraceError) -> Trace {
    guard let reply = turns.last, turns.count > 1 else {
      throw .outOfBounds(
        pointer: pointer,
        expected: "a question and a reply",
        found: turns.isEmpty ? "no messages" : "one message"
      )
    }
    let question = turns[turns.count - 2]
    try check(reply, is: .assistant, place: "the last message")
    try check(question, is: .user, place: "the message before the last reply")
    for (place, turn) in turns.enumerated() where turn.message.role == .system && place > 0 {
      throw .wrongKind(
        pointer: turn.pointer,
        expected: "a system message first or not at all",
        found: "one later"
      )
    }
    let content = try ReplyText(
      reply.message.content,
      reasoning: reply.reasoning,
      pointer: reply.pointer
    )
    let context = turns.dropLast(2).map(\.message)
    return Trace(
      prompt: question.message.content,
      finalAnswer: content.finalAnswer,
      steps: content.steps,
      meta: meta,
      extra: TraceMessage.members(of: context)
    )
  }

  private func check(
    _ turn: Turn,
    is role: TraceMessage.Role,
    place: String
  ) throws(TraceError) {
    guard turn.message.role == role else {
      throw .wrongKind(
        pointer: turn.pointer,
        expected: "\(place) from \(role.rawValue)",
        found: turn.message.role.rawValue
      )
    }
  }
}

extension Conversation {
  /// The turns of a list of messages, read by one format's rule for a message.
  static func turns(
    of value: JSONValue,
    pointer: String,
    _ read: (TraceFields, String) throws(TraceError) -> Turn
  ) throws(TraceError) -> [Turn] {
    guard case .array(let values) = value else {
      throw .wrongKind(pointer: pointer, expected: "an array", found: value.kind)
    }
    var turns: [Turn] = []
    for (place, value) in values.enumerated() {
      let here = "\(pointer)/\(place)"
      turns.append(try read(try TraceFields(value, pointer: here), here))
    }
    return turns
  }

  /// A message of `role` and `content`, the reasoning perhaps in a member of its own.
  static func chatTurn(_ fields: TraceFields, at pointer: String) throws(TraceError) -> Turn {
    let role = try role(try fields.string("role"), pointer: pointer + "/role")
    let content = try text(try fields.required("content"), pointer: pointer + "/content")
    var reasoning: String?
    for key in ["reasoning_content", "thinking", "reasoning"] where reasoning == nil {
      reasoning = try fields.optionalString(key)
    }
    let message = TraceMessage(role: role, content: content)
    return Turn(message: message, reasoning: reasoning, pointer: pointer)
  }

  /// The role that a format's word means.
  static func role(_ word: String, pointer: String) throws(TraceError) -> TraceMessage.Role {
    switch word {
    case "system", "developer": return .system
    case "user", "human": return .user
    case "assistant", "gpt", "model": return .assistant
    default:
      throw .wrongKind(
        pointer: pointer,
        expected: "system, user or assistant (calls of tools are not read)",
        found: "\"\(word.prefix(40))\""
      )
    }
  }

  /// A content: a text, or a list of text parts.
  private static func text(_ value: JSONValue, pointer: String) throws(TraceError) -> String {
    if let text = value.string { return text }
    guard case .array(let parts) = value else {
      throw .wrongKind(pointer: pointer, expected: "a string", found: value.kind)
    }
    var text = ""
    for (place, part) in parts.enumerated() {
      guard part["type"]?.string == "text", let piece = part["text"]?.string else {
        throw .wrongKind(
          pointer: "\(pointer)/\(place)",
          expected: "a text part",
          found: part["type"]?.string.map { "a part of type \($0.prefix(40))" } ?? part.kind
        )
      }
      text += piece
    }
    return text
  }
}
