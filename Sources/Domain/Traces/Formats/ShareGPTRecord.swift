import Foundations

/// `{"conversations": [{"from": "human", "value"}, {"from": "gpt", "value"}, …]}`, optionally with
/// `system`.
enum ShareGPTRecord: RecordShape {
  static func recognises(_ record: JSONValue) -> Bool {
    guard let first = record["conversations"]?[0] else { return false }
    return first["from"] != nil && first["value"] != nil
  }

  static func trace(of record: JSONValue) throws(TraceError) -> Trace {
    let fields = try TraceFields(record, pointer: "")
    let turns = try Conversation.turns(
      of: try fields.required("conversations"),
      pointer: "/conversations",
      turn
    )
    return try Conversation(turns, system: try fields.optionalString("system")).trace(
      meta: fields.meta(without: ["conversations", "system"]),
      pointer: "/conversations"
    )
  }

  static func record(of trace: Trace) -> JSONValue {
    record(of: trace, reply: ReplyText.text(of: trace))
  }

  static func record(of trace: Trace, reply: String) -> JSONValue {
    let question = TraceMessage(role: .user, content: trace.prompt)
    var turns = trace.context + [question, TraceMessage(role: .assistant, content: reply)]
    var members: [JSONValue.Member] = []
    if let first = turns.first, first.role == .system {
      turns.removeFirst()
      members.append(JSONValue.Member(key: "system", value: .string(first.content)))
    }
    let values = turns.map { turn -> JSONValue in
      [
        "from": turn.role == .user ? "human" : "gpt",
        "value": .string(turn.content),
      ]
    }
    members.append(JSONValue.Member(key: "conversations", value: .array(values)))
    return trace.record(.object(members))
  }

  private static func turn(
    _ fields: TraceFields,
    at pointer: String
  ) throws(TraceError) -> Conversation.Turn {
    let role = try Conversation.role(try fields.string("from"), pointer: pointer + "/from")
    let message = TraceMessage(role: role, content: try fields.string("value"))
    return Conversation.Turn(message: message, reasoning: nil, pointer: pointer + "/value")
  }
}
