import Access
import Foundation
import Foundations
import HTTPTypes
import Traces
import Workspace

/// The addresses of traces.
enum TraceRoutes {
  static let endpoints =
    [create, createBatch, importFile, TraceListRoute.list, compare, show]
    + TraceChangeRoutes.endpoints

  private static let create = Endpoint(
    method: .post,
    path: "/api/traces",
    chapter: .traces,
    summary: "Store one trace; the same content again has the same id",
    scope: .write,
    body: .init(kind: .read, schema: TraceShapes.trace, limit: .trace),
    replies: [.json(.created, "The trace is stored", TraceShapes.receipt)]
  ) { call in
    let created = try call.metrics.timing("create_trace") {
      try call.services.workspace.traces.create(call.json)
    }
    return .json(TraceShapes.receipt(of: created), .created)
      .located(at: "/api/traces/\(created.id)")
  }

  private static let createBatch = Endpoint(
    method: .post,
    path: "/api/traces/batch",
    chapter: .traces,
    summary: "Store up to \(Limits.batchTraces) traces, all or none",
    scope: .write,
    body: .init(
      kind: .read,
      schema: .array(of: TraceShapes.trace, 1...Limits.batchTraces)
    ),
    replies: [
      .json(
        .created,
        "All traces are stored, in the order of the request",
        .object([
          .required("created_count", .count.described("traces of the request, now stored")),
          .required("existing_count", .count.described("those of them that were stored before")),
          .required("traces", .array(of: TraceShapes.receipt)),
        ])
      )
    ],
    problems: [.batchSize]
  ) { call in
    guard let members = call.json.array else {
      throw APIProblem(pointer: "", "expected an array of traces, found \(call.json.kind)")
    }
    guard (1...Limits.batchTraces).contains(members.count) else {
      throw APIProblem(
        .batchSize,
        "a batch holds 1 to \(Limits.batchTraces) traces, found \(members.count)"
      )
    }
    let created = try call.metrics.timing("create_traces") {
      try call.services.workspace.traces.create(batch: members)
    }
    return .json(
      [
        "created_count": JSONValue(created.count),
        "existing_count": JSONValue(created.count { !$0.isNew }),
        "traces": .array(created.map(TraceShapes.receipt)),
      ],
      .created
    )
  }

  private static let compare = Endpoint(
    method: .get,
    path: "/api/traces/compare",
    chapter: .traces,
    summary: "Two traces side by side, with their baseline scores taken now",
    scope: .read,
    parameters: [
      .query("base", .uuid, isRequired: true), .query("other", .uuid, isRequired: true),
    ],
    replies: [
      .json(
        "Both traces",
        .object([.required("base", side), .required("other", side)])
      )
    ],
    problems: [.notFound]
  ) { call in
    let comparison = try call.services.workspace.traces.compare(
      base: call.path("base"),
      other: call.path("other")
    )
    return .json(["base": json(of: comparison.base), "other": json(of: comparison.other)])
  }

  private static let side = Schema.object([
    .required("id", .uuid), .required("created_at", .time), .required("score", .number),
    .required("trace_version", .string), .required("payload", TraceShapes.trace),
  ])

  private static func json(of side: TraceComparison.Side) -> JSONValue {
    [
      "id": .string(side.stored.id.text),
      "created_at": .string(Timestamp.text(of: side.stored.createdAt)),
      "score": JSONValue(side.score.value),
      "trace_version": .string(side.stored.trace.traceVersion),
      "payload": side.stored.trace.json,
    ]
  }

  private static let show = Endpoint(
    method: .get,
    path: "/api/traces/{id}",
    chapter: .traces,
    summary: "Read a trace with its tags, labels and scores",
    scope: .read,
    parameters: [.path("id", .uuid)],
    replies: [.json("The trace", TraceShapes.stored, isTagged: true)],
    problems: [.notFound]
  ) { call in
    let id: Identifier<Trace> = call.identifier("id")
    return TraceShapes.reply(try call.services.workspace.traces.annotated(id.text))
  }
}

// MARK: - Files

extension TraceRoutes {
  private static let importFile = Endpoint(
    method: .post,
    path: "/api/traces/import",
    chapter: .traces,
    summary: "Import a file of traces in one of the field's formats, all of it or nothing",
    scope: .write,
    parameters: [
      .query(
        "format",
        .choice(TraceFormat.allCases.map(\.rawValue))
          .described("the records' format; otherwise it is told from the first records")
      ),
      .query("dry_run", Schema.boolean.defaulting(to: false).described("report, store nothing")),
      .query(
        "skip_invalid",
        Schema.boolean.defaulting(to: false)
          .described("store the valid records although others are invalid")
      ),
      .query("source", .string(1...256).described("`meta.source` of each that names none")),
      .query("license", .string(1...256).described("`meta.license` of each that names none")),
    ],
    body: .init(
      kind: .file,
      schema: .string.described("JSON Lines, or one JSON array"),
      types: [.lines, .jsonl, .json, .plain, .bytes],
      limit: .file
    ),
    replies: [.json("What was done, or would be done", report)]
  ) { call in
    guard case .file(let file) = call.body else { return .noContent }
    let options = TraceImportOptions(
      format: call.text("format").flatMap(TraceFormat.init(rawValue:)),
      skipsInvalid: call.flag("skip_invalid") ?? false,
      isDryRun: call.flag("dry_run") ?? false,
      source: call.text("source"),
      license: call.text("license")
    )
    let report = try call.metrics.timing("import_traces") {
      try call.services.workspace.traces.importFile(named: file.path, options)
    }
    if let failure = report.failure, !options.isDryRun {
      throw APIProblem(refused: report, failure)
    }
    return .json(json(of: report, isDryRun: options.isDryRun))
  }

  private static let report = Schema.object([
    .required("format", .string.orNull),
    .required("records", .count), .required("created", .count), .required("existing", .count),
    .required("repeated", .count), .required("rejected_count", .count),
    .required(
      "rejected",
      .array(
        of: .object([
          .required("line", .count), .required("pointer", .string.orNull),
          .required("reason", .string),
        ])
      )
    ),
    .required("stored", .boolean), .required("dry_run", .boolean),
    .required("error", .string.orNull.described("why a dry run says that it would be refused")),
  ]).named("TraceImport")

  private static func json(of report: TraceFileReport, isDryRun: Bool) -> JSONValue {
    let rejected = report.rejections.map { rejection -> JSONValue in
      [
        "line": JSONValue(rejection.line), "pointer": JSONValue(optional: rejection.pointer),
        "reason": .string(rejection.reason),
      ]
    }
    return [
      "format": JSONValue(optional: report.format?.rawValue),
      "records": JSONValue(report.recordCount), "created": JSONValue(report.createdCount),
      "existing": JSONValue(report.existingCount), "repeated": JSONValue(report.repeatedCount),
      "rejected_count": JSONValue(report.rejectedCount), "rejected": .array(rejected),
      "stored": JSONValue(report.isStored), "dry_run": JSONValue(isDryRun),
      "error": JSONValue(optional: report.failure),
    ]
  }
}

extension APIProblem {
  /// A file that was refused as a whole: its first invalid lines are the fields.
  fileprivate init(refused report: TraceFileReport, _ failure: String) {
    self.init(
      .invalidRequest,
      "nothing was stored: \(failure)",
      errors: report.rejections.prefix(Schema.mostProblems).map { rejection in
        FieldProblem(
          pointer: "line \(rejection.line)" + (rejection.pointer ?? ""),
          detail: rejection.reason
        )
      }
    )
  }
}
