import Foundations

/// `{"prompt", "completion"}`, each a text or a list of messages; `response` is read as completion.
enum PromptCompletionRecord: RecordShape {
  static func recognises(_ record: JSONValue) -> Bool {
    record["prompt"] != nil && (record["completion"] ?? record["response"]) != nil
  }

  static func trace(of record: JSONValue) throws(TraceError) -> Trace {
    let fields = try TraceFields(record, pointer: "")
    let name = fields.optional("completion") == nil ? "response" : "completion"
    let completion = fields.optional(name)
    guard let completion else { throw .missing(pointer: "/completion") }
    let turns =
      try turns(of: try fields.required("prompt"), role: .user, pointer: "/prompt")
      + turns(of: completion, role: .assistant, pointer: "/" + name)
    return try Conversation(turns)
      .trace(meta: fields.meta(without: ["prompt", name]), pointer: "/" + name)
  }

  static func record(of trace: Trace) -> JSONValue {
    let reply = ReplyText.text(of: trace)
    guard !trace.context.isEmpty else {
      return trace.record(["prompt": .string(trace.prompt), "completion": .string(reply)])
    }
    let question = trace.context + [TraceMessage(role: .user, content: trace.prompt)]
    return trace.record([
      "prompt": .array(question.map(\.json)),
      "completion": [TraceMessage(role: .assistant, content: reply).json],
    ])
  }

  private static func turns(
    of value: JSONValue,
    role: TraceMessage.Role,
    pointer: String
  ) throws(TraceError) -> [Conversation.Turn] {
    if let text = value.string {
      let message = TraceMessage(role: role, content: text)
      return [Conversation.Turn(message: message, reasoning: nil, pointer: pointer)]
    }
    guard value.array != nil else {
      throw .wrongKind(
        pointer: pointer,
        expected: "a string or a list of messages",
        found: value.kind
      )
    }
    return try Conversation.turns(of: value, pointer: pointer, Conversation.chatTurn)
  }
}
