import Access
import Foundations
import HTTPTypes
import Traces
import Workspace

/// The addresses of traces.
enum TraceRoutes {
  static let endpoints = [create, createBatch, list, show]

  private static let create = Endpoint(
    method: .post,
    path: "/api/traces",
    chapter: .traces,
    summary: "Store one trace; the same content again has the same id",
    scope: .write,
    body: .init(kind: .read, schema: TraceShapes.trace, limit: .trace),
    replies: [.json(.created, "The trace is stored", TraceShapes.receipt)]
  ) { call in
    let trace = try Trace(json: call.json, below: "")
    let stored = try stored([trace], call)
    let id = stored[0].id.text
    return .json(TraceShapes.receipt(of: stored[0]), .created).located(at: "/api/traces/\(id)")
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
    var traces: [Trace] = []
    for (place, member) in members.enumerated() {
      traces.append(try Trace(json: member, below: "/\(place)"))
    }
    let stored = try stored(traces, call)
    return .json(
      [
        "created_count": JSONValue(stored.count),
        "existing_count": 0,
        "traces": .array(stored.map(TraceShapes.receipt)),
      ],
      .created
    )
  }

  private static func stored(_ traces: [Trace], _ call: APICall) throws -> [StoredTrace] {
    let library = call.services.workspace.traces
    return try library.importTraces(traces).ids.map { try library.show($0.text) }
  }

  private static let list = Endpoint(
    method: .get,
    path: "/api/traces",
    chapter: .traces,
    summary: "List traces, the newest first",
    scope: .read,
    parameters: Page.parameters + [filter],
    replies: [.json("A page", Page.schema(of: TraceShapes.receipt))]
  ) { call in
    let page = Page(call)
    let traces = try call.services.workspace.traces.list(
      filters: try filters(of: call),
      limit: page.probeLimit,
      offset: page.offset
    )
    return page.reply(traces.map(TraceShapes.receipt), call)
  }

  static let filter = Endpoint.Parameter.repeatedQuery(
    "filter",
    Schema(.pattern(.matching("[^=]+=(.|\\n)*"))).described(
      "`key=value`: a top-level member of `meta` and the value that it must have"
    )
  )

  static func filters(of call: APICall) throws -> [String: String] {
    let pairs = call.texts("filter").map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
    return Dictionary(pairs) { _, last in last }
  }

  private static let show = Endpoint(
    method: .get,
    path: "/api/traces/{id}",
    chapter: .traces,
    summary: "Read a trace",
    scope: .read,
    parameters: [.path("id", .uuid)],
    replies: [.json("The trace", TraceShapes.stored, isTagged: true)],
    problems: [.notFound]
  ) { call in
    let id: Identifier<Trace> = call.identifier("id")
    let stored = try call.services.workspace.traces.show(id.text)
    return .json(TraceShapes.json(of: stored)).tagged(EntityTag(stored.contentHash.hex))
  }
}
