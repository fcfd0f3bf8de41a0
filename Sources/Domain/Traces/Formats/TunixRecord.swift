import Foundations

/// Our own wire format.
enum TunixRecord: RecordShape {
  static func recognises(_ record: JSONValue) -> Bool {
    record["steps"] != nil && record["final_answer"] != nil
  }

  static func trace(of record: JSONValue) throws(TraceError) -> Trace {
    try Trace(json: record)
  }

  static func record(of trace: Trace) -> JSONValue { trace.json }
}
