import Access
import Foundations
import HTTPTypes
import Traces
import Workspace

/// The list of traces: filters, search, and pages by cursor or by offset.
enum TraceListRoute {
  static let list = Endpoint(
    method: .get,
    path: "/api/traces",
    chapter: .traces,
    summary: "List and search traces, the newest first",
    scope: .read,
    parameters: Page.parameters + [
      Page.cursor,
      .query(
        "q",
        .string(1...Limits.searchCharacters).described(
          "words that must all occur, `\"phrases\"`, beginnings with `*`, `-word` for none of"
        )
      ),
      filter,
      .repeatedQuery("tag", .string(1...Limits.tagCharacters)),
      .query(
        "archived",
        .choice(TraceFilter.Archived.allCases.map(\.rawValue)).defaulting(to: "without")
      ),
      .query("created_from", .time.described("accepted at this time or later")),
      .query("created_before", .time.described("accepted before this time")),
    ],
    replies: [.json("A page", Page.schema(of: TraceShapes.receipt))]
  ) { call in
    let page = Page(call)
    let found = try call.services.workspace.traces.page(
      try traceFilter(of: call),
      limit: page.limit,
      after: call.text("cursor"),
      offset: page.offset
    )
    return page.reply(
      found.traces.map(TraceShapes.receipt),
      nextCursor: found.nextCursor,
      nextOffset: found.nextOffset,
      call
    )
  }

  private static let filter = Endpoint.Parameter.repeatedQuery(
    "filter",
    Schema(.pattern(.matching("[^=]+=.*"))).described(
      "`key=value`: a top-level member of `meta` or of the trace, and the value that it must have"
    )
  )

  private static func traceFilter(of call: APICall) throws -> TraceFilter {
    let pairs = call.texts("filter").map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
    return TraceFilter(
      facts: Dictionary(pairs) { _, last in last },
      search: try call.text("q").map(TraceSearch.init),
      tags: call.texts("tag"),
      archived: call.text("archived").flatMap(TraceFilter.Archived.init(rawValue:)) ?? .without,
      createdFrom: call.text("created_from").flatMap(Timestamp.date(from:)),
      createdBefore: call.text("created_before").flatMap(Timestamp.date(from:))
    )
  }
}
