import Access
import Foundations
import HTTPTypes
import Synchronization
import Traces
import Workspace

/// The addresses that say something about a trace, or take it away.
enum TraceChangeRoutes {
  static let endpoints = [change, score, delete, datasets]

  /// Changes that name the version they change come one after the other.
  private static let turn = Mutex(())

  private static let change = Endpoint(
    method: .patch,
    path: "/api/traces/{id}",
    chapter: .traces,
    summary: "Tag, label, archive or unarchive a trace; its content never changes",
    scope: .write,
    parameters: [.path("id", .uuid), .ifMatch],
    body: .init(
      kind: .checked,
      schema: .object([
        .optional("archived", .boolean),
        .optional("add_tags", .array(of: .string(1...Limits.tagCharacters), 0...Limits.traceTags)),
        .optional(
          "remove_tags",
          .array(of: .string(1...Limits.tagCharacters), 0...Limits.traceTags)
        ),
        .optional("labels", .array(of: label, 0...Limits.traceSteps)),
        .optional("note", .string(0...Limits.labelNoteCharacters).orNull),
      ])
    ),
    replies: [.json("The trace as it is now", TraceShapes.stored, isTagged: true)],
    problems: [.notFound, .preconditionFailed, .preconditionRequired, .conflict]
  ) { call in
    let id: Identifier<Trace> = call.identifier("id")
    let library = call.services.workspace.traces
    return try turn.withLock { _ in
      try call.requireMatch(TraceShapes.tag(of: try library.annotated(id.text)))
      try apply(call.json, to: id.text, library)
      return TraceShapes.reply(try library.annotated(id.text))
    }
  }

  private static let label = Schema.object([
    .required("i", .integer.described("the step's own index")),
    .required(
      "label",
      Schema.choice(StepLabel.Verdict.allCases.map(\.rawValue)).orNull
        .described("null takes the label away")
    ),
  ])

  private static func apply(
    _ json: JSONValue,
    to name: String,
    _ library: TraceLibrary
  ) throws {
    let steps = (json["labels"]?.array ?? []).compactMap { label in
      label["i"]?.int.map { place in
        (step: place, verdict: label["label"]?.string.flatMap(StepLabel.Verdict.init(rawValue:)))
      }
    }
    let adding = (json["add_tags"]?.array ?? []).compactMap(\.string)
    let removing = (json["remove_tags"]?.array ?? []).compactMap(\.string)
    // What can be refused comes first.
    if !steps.isEmpty { try library.label(name, steps: steps, note: json["note"]?.string) }
    if !adding.isEmpty || !removing.isEmpty {
      try library.tag(name, adding: adding, removing: removing)
    }
    switch json["archived"]?.bool {
    case true: try library.archive(name)
    case false: try library.unarchive(name)
    case nil: break
    }
  }

  private static let score = Endpoint(
    method: .post,
    path: "/api/traces/{id}/score",
    chapter: .traces,
    summary: "Score a trace's shape and keep the score",
    scope: .write,
    parameters: [.path("id", .uuid)],
    body: .init(
      kind: .checked,
      schema: .object([
        .optional(
          "criteria",
          Schema.choice([BaselineScore.criteria]).defaulting(to: .string(BaselineScore.criteria))
        )
      ]),
      isRequired: false
    ),
    replies: [
      .json(
        .created,
        "The score",
        .object([
          .required("trace_id", .uuid),
          .required("score", Schema(.number(minimum: 0, maximum: 100))),
          .required("details", .freeObject),
        ])
      )
    ],
    problems: [.notFound]
  ) { call in
    let id: Identifier<Trace> = call.identifier("id")
    let (trace, score) = try call.services.workspace.traces.score(id.text)
    return .json(
      [
        "trace_id": .string(trace.text), "score": JSONValue(score.score),
        "details": score.details,
      ],
      .created
    )
  }

  private static let delete = Endpoint(
    method: .delete,
    path: "/api/traces/{id}",
    chapter: .traces,
    summary: "Delete a trace for good; refused where a dataset or a run depends on it",
    scope: .write,
    parameters: [.path("id", .uuid), .optionalIfMatch],
    replies: [.nothing("It is gone")],
    problems: [.notFound, .conflict, .preconditionFailed]
  ) { call in
    let id: Identifier<Trace> = call.identifier("id")
    let library = call.services.workspace.traces
    try turn.withLock { _ in
      if call.headers[.ifMatch] != nil {
        try call.requireMatch(TraceShapes.tag(of: try library.annotated(id.text)))
      }
      try library.delete(id.text)
    }
    return .noContent
  }

  private static let datasets = Endpoint(
    method: .get,
    path: "/api/traces/{id}/datasets",
    chapter: .traces,
    summary: "The datasets that hold a trace, the newest first",
    scope: .read,
    parameters: [.path("id", .uuid)],
    replies: [
      .json("Where it stands in each", .object([.required("datasets", .array(of: .freeObject))]))
    ],
    problems: [.notFound]
  ) { call in
    let id: Identifier<Trace> = call.identifier("id")
    let workspace = call.services.workspace
    _ = try workspace.traces.show(id.text)
    return .json(["datasets": .array(try workspace.datasets.holdings(of: id).map(\.json))])
  }
}

extension Endpoint.Parameter {
  /// The version that a change is about; the runner hands the header on, the handler compares it.
  static let ifMatch = Endpoint.Parameter(
    name: "If-Match",
    place: .header,
    schema: .string(1...1000).described("the ETag that was read, or `*`; 428 without it"),
    isRequired: false
  )

  static let optionalIfMatch = Endpoint.Parameter(
    name: "If-Match",
    place: .header,
    schema: .string(1...1000).described("only if this is still the ETag"),
    isRequired: false
  )
}
