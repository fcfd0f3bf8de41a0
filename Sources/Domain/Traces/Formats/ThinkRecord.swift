import Foundations

/// DeepSeek and Qwen: a question beside a reply with `<think>…</think>`, or beside an answer whose
/// reasoning has a member of its own.
///
/// Where the format is named, a reply without reasoning is read too: such data sets mix both.
enum ThinkRecord: RecordShape {
  private static let questions = ["question", "problem", "query", "prompt", "instruction", "input"]
  private static let replies = [
    "response", "output", "completion", "generation", "answer", "content", "solution",
  ]
  private static let thoughts = ["reasoning_content", "reasoning", "thinking", "think", "cot"]

  static func recognises(_ record: JSONValue) -> Bool {
    guard key(of: record, among: questions) != nil, let reply = key(of: record, among: replies),
      let text = record[reply]?.string
    else { return false }
    return ReplyText.isMarked(text) || key(of: record, among: thoughts) != nil
  }

  static func trace(of record: JSONValue) throws(TraceError) -> Trace {
    let fields = try TraceFields(record, pointer: "")
    guard let question = key(of: record, among: questions) else {
      throw .missing(pointer: "/question")
    }
    guard let reply = key(of: record, among: replies) else { throw .missing(pointer: "/response") }
    let thought = key(of: record, among: thoughts)
    let text = try fields.string(reply)
    let content = try ReplyText(
      text,
      reasoning: try thought.map { key throws(TraceError) in try fields.string(key) },
      pointer: "/" + reply
    )
    let own = [question, reply] + (thought.map { [$0] } ?? [])
    return Trace(
      prompt: try fields.string(question),
      finalAnswer: content.finalAnswer,
      steps: content.steps,
      meta: fields.meta(without: own)
    )
  }

  static func record(of trace: Trace) -> JSONValue {
    trace.record([
      "question": .string(trace.prompt), "response": .string(ReplyText.text(of: trace)),
    ])
  }

  /// The first of these keys that the record has with a text.
  private static func key(of record: JSONValue, among keys: [String]) -> String? {
    keys.first { record[$0]?.string != nil }
  }
}
