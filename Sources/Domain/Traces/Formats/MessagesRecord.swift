import Foundations

/// Hugging Face chat rows: `{"messages": [{"role", "content"}, …]}`.
///
/// A reply's reasoning may stand in `<think>` marks or in `reasoning_content`, `thinking` or
/// `reasoning`. A content may be a list of text parts.
enum MessagesRecord: RecordShape {
  static func recognises(_ record: JSONValue) -> Bool {
    guard let first = record["messages"]?[0] else { return false }
    return first["role"] != nil && first["content"] != nil
  }

  static func trace(of record: JSONValue) throws(TraceError) -> Trace {
    let fields = try TraceFields(record, pointer: "")
    let turns = try Conversation.turns(
      of: try fields.required("messages"),
      pointer: "/messages",
      Conversation.chatTurn
    )
    return try Conversation(turns)
      .trace(meta: fields.meta(without: ["messages"]), pointer: "/messages")
  }

  static func record(of trace: Trace) -> JSONValue {
    let question = TraceMessage(role: .user, content: trace.prompt)
    let reply = TraceMessage(role: .assistant, content: ReplyText.text(of: trace))
    let messages = trace.context + [question, reply]
    return trace.record(["messages": .array(messages.map(\.json))])
  }
}

extension Trace {
  /// A format's own members, followed by the trace's meta where no name is taken.
  func record(_ own: JSONValue) -> JSONValue {
    let members = own.object ?? []
    let rest = (meta?.object ?? []).filter { member in
      !members.contains { $0.key.hasSameBytes(as: member.key) }
    }
    return .object(members + rest)
  }
}
