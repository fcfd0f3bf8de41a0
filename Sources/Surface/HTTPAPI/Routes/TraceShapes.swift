import Foundations
import Traces
import Workspace

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

  static let label = Schema.object([
    .required("i", .integer),
    .required("label", .choice(StepLabel.Verdict.allCases.map(\.rawValue))),
    .required("note", .string.orNull),
    .required("created_at", .time),
  ]).named("StepLabel")

  static let score = Schema.object([
    .required("id", .uuid), .required("criteria", .string), .required("score", .number),
    .required("details", .freeObject), .required("created_at", .time),
  ]).named("TraceScore")

  static let stored = Schema.object([
    .required("id", .uuid),
    .required("created_at", .time),
    .required("trace_version", .string),
    .required("content_hash", .sha256),
    .required("payload", trace),
    .required("tags", .array(of: .string)),
    .required("archived_at", .time.orNull),
    .required("labels", .array(of: label)),
    .required("scores", .array(of: score)),
  ]).named("StoredTrace")

  static func receipt(of stored: StoredTrace) -> JSONValue {
    [
      "id": .string(stored.id.text),
      "created_at": .string(Timestamp.text(of: stored.createdAt)),
      "trace_version": .string(stored.trace.traceVersion),
    ]
  }

  static func receipt(of created: CreatedTrace) -> JSONValue {
    [
      "id": .string(created.id.text),
      "created_at": .string(Timestamp.text(of: created.createdAt)),
      "trace_version": .string(created.traceVersion),
    ]
  }

  /// The trace with what is known beside it, and the version of both.
  static func reply(_ annotated: AnnotatedTrace) -> APIReply {
    let stored = annotated.stored
    let head = receipt(of: stored).object ?? []
    let content: JSONValue = [
      "content_hash": .string(stored.contentHash.hex), "payload": stored.trace.json,
    ]
    let members = head + (content.object ?? []) + (annotated.annotations.json.object ?? [])
    return APIReply.json(.object(members)).tagged(tag(of: annotated))
  }

  /// The version of a trace's annotations; its content has only one.
  static func tag(of annotated: AnnotatedTrace) -> EntityTag {
    let text = annotated.stored.contentHash.hex + annotated.annotations.json.compact
    return EntityTag(String(ContentHash(ofText: text).hex.prefix(32)))
  }
}
