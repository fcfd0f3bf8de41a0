import Access
import Foundations
import HTTPTypes
import Traces
import Workspace

/// The list of traces: filters, search, and pages by cursor or by offset.
enum TraceListRoute {
  /// How many traces one request looks at for a phrase; the cursor goes on from there.
  private static let mostChecked = 2_000

  static let list = Endpoint(
    method: .get,
    path: "/api/traces",
    chapter: .traces,
    summary: "List and search traces, the newest first",
    scope: .read,
    parameters: Page.parameters + [Page.cursor] + TraceFilterQuery.parameters,
    replies: [
      .json(
        "A page; a search for a phrase may give a short one with a `next_cursor`",
        Page.schema(of: TraceShapes.receipt)
      )
    ]
  ) { call in
    let page = Page(call)
    let found = try call.services.workspace.traces.page(
      try TraceFilterQuery.filter(of: call),
      limit: page.limit,
      after: call.text("cursor"),
      offset: page.offset,
      mostChecked: mostChecked
    )
    return page.reply(
      found.traces.map(TraceShapes.receipt),
      nextCursor: found.nextCursor,
      nextOffset: found.nextOffset,
      call
    )
  }
}
