import Foundations

/// `{"instruction", "input", "output"}` with optional `system` and `history`.
///
/// The prompt is the instruction, and the input, where there is one, on the next line. `history` is
/// a list of pairs of question and reply. The input also stays in the trace's meta, so that the
/// record can be written again.
enum AlpacaRecord: RecordShape {
  static func recognises(_ record: JSONValue) -> Bool {
    record["instruction"] != nil && record["output"] != nil
  }

  static func trace(of record: JSONValue) throws(TraceError) -> Trace {
    let fields = try TraceFields(record, pointer: "")
    let instruction = try fields.string("instruction")
    let input = try fields.optionalString("input") ?? ""
    let question = input.isEmpty ? instruction : instruction + "\n" + input
    var turns = try history(of: fields.optional("history") ?? .null)
    turns.append(turn(.user, question, "/instruction"))
    turns.append(turn(.assistant, try fields.string("output"), "/output"))
    var own = ["instruction", "output", "system", "history"]
    if input.isEmpty { own.append("input") }
    return try Conversation(turns, system: try fields.optionalString("system"))
      .trace(meta: fields.meta(without: own), pointer: "")
  }

  static func record(of trace: Trace) -> JSONValue {
    var instruction = trace.prompt
    let input = trace.meta?["input"]?.string ?? ""
    if !input.isEmpty, instruction.utf8.reversed().starts(with: ("\n" + input).utf8.reversed()) {
      instruction = String(instruction.utf8.dropLast(input.utf8.count + 1)) ?? instruction
    }
    var members: [JSONValue.Member] = [
      JSONValue.Member(key: "instruction", value: .string(instruction)),
      JSONValue.Member(key: "input", value: .string(input)),
      JSONValue.Member(key: "output", value: .string(ReplyText.text(of: trace))),
    ]
    var context = trace.context[...]
    if let first = context.first, first.role == .system {
      context = context.dropFirst()
      members.append(JSONValue.Member(key: "system", value: .string(first.content)))
    }
    if !context.isEmpty {
      let texts = context.map { JSONValue.string($0.content) }
      let pairs = stride(from: 0, to: texts.count - 1, by: 2).map { place in
        JSONValue.array([texts[place], texts[place + 1]])
      }
      members.append(JSONValue.Member(key: "history", value: .array(pairs)))
    }
    return trace.record(.object(members))
  }

  private static func turn(
    _ role: TraceMessage.Role,
    _ content: String,
    _ pointer: String
  ) -> Conversation.Turn {
    let message = TraceMessage(role: role, content: content)
    return Conversation.Turn(message: message, reasoning: nil, pointer: pointer)
  }

  private static func history(of value: JSONValue) throws(TraceError) -> [Conversation.Turn] {
    if value.isNull { return [] }
    guard let pairs = value.array else {
      throw .wrongKind(pointer: "/history", expected: "an array", found: value.kind)
    }
    var turns: [Conversation.Turn] = []
    for (place, pair) in pairs.enumerated() {
      let here = "/history/\(place)"
      guard let texts = pair.array, texts.count == 2, let question = texts[0].string,
        let reply = texts[1].string
      else {
        throw .wrongKind(pointer: here, expected: "a pair of texts", found: pair.kind)
      }
      turns.append(turn(.user, question, here + "/0"))
      turns.append(turn(.assistant, reply, here + "/1"))
    }
    return turns
  }
}
