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
    parameters: Page.parameters + [Page.cursor] + TraceFilterQuery.parameters,
    replies: [.json("A page", Page.schema(of: TraceShapes.receipt))]
  ) { call in
    let page = Page(call)
    let found = try call.services.workspace.traces.page(
      try TraceFilterQuery.filter(of: call),
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
}
