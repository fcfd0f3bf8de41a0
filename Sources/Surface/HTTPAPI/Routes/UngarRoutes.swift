import Access
import Datasets
import Foundations
import HTTPTypes
import Rendering
import Traces
import Workspace

/// The addresses of UNGAR's High Card Duel, which is played where its package is installed.
enum UngarRoutes {
  static let endpoints = [status, generate, export]

  private static let status = Endpoint(
    method: .get,
    path: "/api/ungar/status",
    chapter: .generators,
    summary: "Whether UNGAR is installed",
    scope: .read,
    replies: [
      .json(
        "It is or is not, and why",
        .object([
          .required("available", .boolean), .required("version", .string.orNull),
          .required("python", .string), .required("reason", .string.orNull),
        ])
      )
    ],
    work: .waiting { call in .json(await call.services.workspace.ungar.status().json) }
  )

  private static let generate = Endpoint(
    method: .post,
    path: "/api/ungar/high-card-duel/generate",
    chapter: .generators,
    summary: "Play games and store a trace of each",
    scope: .write,
    body: .init(
      kind: .checked,
      schema: .object([
        .required("count", .integer(1...100)),
        .optional(
          "seed",
          Schema.integer(0...9_007_199_254_740_991).orNull
            .described("the n-th game is dealt by seed + n, by chance without a seed")
        ),
        .optional(
          "persist",
          Schema.boolean.defaulting(to: true).described("false plays and stores nothing")
        ),
      ])
    ),
    replies: [
      .json(
        .created,
        "The traces, the first three shown",
        .object([
          .required("trace_ids", .array(of: .uuid)),
          .required(
            "preview",
            .array(
              of: .object([
                .required("trace_id", .uuid), .required("game", .string),
                .required("result", .string), .required("my_card", .string),
              ])
            )
          ),
        ])
      )
    ],
    problems: [.notInstalled, .sourceFailed],
    work: .waiting { call in
      let games = try await call.services.workspace.ungar.play(
        count: call.json["count"]?.int ?? 1,
        seed: call.json["seed"]?.int.map { UInt64($0) }
      )
      let traces = games.map(\.trace)
      if call.json["persist"]?.bool ?? true {
        try call.services.workspace.traces.importTraces(traces)
      }
      return reply(traces)
    }
  )

  /// A trace is named by its content, so it has its id whether it is stored or not.
  private static func reply(_ traces: [Trace]) -> APIReply {
    let ids = traces.map { JSONValue.string(PreparedTrace($0).id.text) }
    let preview = zip(ids, traces).prefix(3).map { id, trace -> JSONValue in
      [
        "trace_id": id, "game": trace.meta?["game"] ?? "", "result": trace.meta?["result"] ?? "",
        "my_card": trace.meta?["my_card"] ?? "",
      ]
    }
    return .json(["trace_ids": .array(ids), "preview": .array(preview)], .created)
  }

  private static let export = Endpoint(
    method: .get,
    path: "/api/ungar/high-card-duel/export.jsonl",
    chapter: .generators,
    summary: "UNGAR's stored traces in the trace format; needs no UNGAR",
    scope: .read,
    parameters: [
      .query("limit", .integer(1...10_000).defaulting(to: 100)),
      .query("trace_ids", .string(1...8_000).described("only these, separated by commas")),
    ],
    replies: [.bytes("One object a line, the newest first", .lines)]
  ) { call in
    let wanted = call.text("trace_ids").map { text in
      Set(text.split(separator: ",").map { $0.trimmed.lowercased() })
    }
    let page = try call.services.workspace.traces.page(
      TraceFilter(facts: ["source": "ungar"], archived: .all),
      limit: wanted == nil ? call.int("limit") ?? 100 : Limits.largestPageRows
    )
    let traces = page.traces.filter { wanted?.contains($0.id.text) ?? true }
      .prefix(call.int("limit") ?? 100)
    var writer = ExportWriter(.trace)
    let items = traces.enumerated().map { place, stored in
      ExportItem(stored: stored, position: place, split: "train", groupKey: "")
    }
    return APIReply(body: .bytes(writer.begin() + writer.write(items) + writer.end(), .lines))
  }
}
