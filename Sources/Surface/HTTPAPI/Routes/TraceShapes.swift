import Foundations
import Traces

/// How traces look on the wire.
enum TraceShapes {
  static let step = Schema.object(
    [
      .required("i", .integer(0...Int.max).described("unique within the trace")),
      .required("type", .string(1...Limits.stepTypeCharacters)),
      .required("content", .string(1...Limits.stepContentCharacters)),
    ],
    others: .kept
  ).named("TraceStep")

  static let trace = Schema.object(
    [
      .required("trace_version", .string(1...Limits.traceVersionCharacters)),
      .required("prompt", .string(1...Limits.tracePromptCharacters)),
      .required("final_answer", .string(1...Limits.traceAnswerCharacters)),
      .required("steps", .array(of: step, 1...Limits.traceSteps)),
      .optional("meta", .freeObject.orNull),
    ],
    others: .kept
  ).named("Trace")

  static let receipt = Schema.object([
    .required("id", .uuid),
    .required("created_at", .time),
    .required("trace_version", .string),
  ]).named("TraceReceipt")

  static let stored = Schema.object(
    [
      .required("id", .uuid),
      .required("created_at", .time),
      .required("trace_version", .string),
      .required("content_hash", .sha256),
      .required("payload", trace),
    ],
    others: .kept
  ).named("StoredTrace")

  static func receipt(of stored: StoredTrace) -> JSONValue {
    [
      "id": .string(stored.id.text),
      "created_at": .string(Timestamp.text(of: stored.createdAt)),
      "trace_version": .string(stored.trace.traceVersion),
    ]
  }

  static func json(of stored: StoredTrace) -> JSONValue {
    receipt(of: stored)
      .setting("content_hash", to: .string(stored.contentHash.hex))
      .setting("payload", to: stored.trace.json)
  }
}

extension Trace {
  /// Reads a trace that stands somewhere inside a body.
  init(json: JSONValue, below pointer: String) throws(APIProblem) {
    do {
      try self.init(json: json)
    } catch {
      throw APIProblem(pointer: pointer + error.pointer, error.description)
    }
  }
}
