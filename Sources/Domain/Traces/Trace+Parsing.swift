import Foundations

extension Trace {
  /// Reads and checks a trace of the wire format from its JSON text.
  ///
  /// Throws a `JSONError` or a `TraceError`. No value is built that the trace does not keep; what is
  /// not plainly a trace is read again as a value, and that reading says where and what is wrong.
  public init(parsing text: [UInt8]) throws {
    var parser = JSONParser(text)
    let plain = try? parser.document { (parser) throws(JSONError) in
      try PlainTrace(from: &parser).trace()
    }
    if let plain {
      self = plain
      try validate()
    } else {
      try self.init(json: try JSONValue(parsing: text))
    }
  }
}

/// A trace's members as they are pulled from its text; of a repeated one the last counts.
private struct PlainTrace {
  private var traceVersion: String?
  private var prompt: String?
  private var finalAnswer: String?
  private var steps: [TraceStep]?
  private var meta: JSONValue?
  private var extra: [JSONValue.Member] = []

  init(from parser: inout JSONParser) throws(JSONError) {
    try parser.object { (parser, key) throws(JSONError) in
      if key.hasSameBytes(as: "prompt") {
        prompt = try parser.string()
      } else if key.hasSameBytes(as: "steps") {
        steps = try Self.steps(from: &parser)
      } else if key.hasSameBytes(as: "final_answer") {
        finalAnswer = try parser.string()
      } else if key.hasSameBytes(as: "trace_version") {
        traceVersion = try parser.string()
      } else if key.hasSameBytes(as: "meta") {
        meta = try parser.value()
      } else {
        extra.append(JSONValue.Member(key: key, value: try parser.value()))
      }
    }
  }

  func trace() throws(JSONError) -> Trace {
    guard let traceVersion, let prompt, let finalAnswer, let steps else { throw .missingMember }
    return Trace(
      traceVersion: traceVersion,
      prompt: prompt,
      finalAnswer: finalAnswer,
      steps: steps,
      meta: meta.flatMap { $0.isNull ? nil : $0 },
      extra: extra
    )
  }

  private static func steps(from parser: inout JSONParser) throws(JSONError) -> [TraceStep] {
    var steps: [TraceStep] = []
    try parser.list { (parser) throws(JSONError) in
      steps.append(try TraceStep(from: &parser))
    }
    return steps
  }
}

extension TraceStep {
  /// Pulls a step from its text.
  fileprivate init(from parser: inout JSONParser) throws(JSONError) {
    var (index, kind, text): (Int?, String?, String?)
    var extra: [JSONValue.Member] = []
    try parser.object { (parser, key) throws(JSONError) in
      if key.hasSameBytes(as: "content") {
        text = try parser.string()
      } else if key.hasSameBytes(as: "type") {
        kind = try parser.string()
      } else if key.hasSameBytes(as: "i") {
        index = try parser.int()
      } else {
        extra.append(JSONValue.Member(key: key, value: try parser.value()))
      }
    }
    guard let index, let kind, let text else { throw .missingMember }
    self.init(i: index, type: kind, content: text, extra: extra)
  }
}

extension JSONError {
  fileprivate static var missingMember: JSONError {
    .shape(path: "", expected: "a trace", found: "no such member")
  }
}
