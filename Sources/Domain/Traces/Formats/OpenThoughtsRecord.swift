import Foundations

/// OpenThoughts: ShareGPT rows whose reply carries its reasoning, between Sky-T1's marks
/// (OpenThoughts-114k) or in `<think>` (OpenThoughts3, which adds `difficulty` and `domain`).
enum OpenThoughtsRecord: RecordShape {
  static func recognises(_ record: JSONValue) -> Bool {
    guard ShareGPTRecord.recognises(record) else { return false }
    let reply = record["conversations"]?.array?.last?["value"]?.string ?? ""
    if TextPieces.last(ReplyText.Marks.skyT1.close, in: reply) != nil { return true }
    return record["domain"] != nil && record["difficulty"] != nil && ReplyText.isMarked(reply)
  }

  static func trace(of record: JSONValue) throws(TraceError) -> Trace {
    try ShareGPTRecord.trace(of: record)
  }

  static func record(of trace: Trace) -> JSONValue {
    ShareGPTRecord.record(of: trace, reply: ReplyText.text(of: trace, marks: .skyT1))
  }
}
