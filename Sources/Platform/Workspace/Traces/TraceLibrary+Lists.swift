public import Foundations
import Persistence
public import Traces

/// One page of a list of traces, the newest first.
public struct TracePage: Hashable, Sendable {
  /// The page's traces.
  public let traces: [StoredTrace]
  /// What asks for the next page, however many traces join meanwhile; nil on the last page.
  public let nextCursor: String?
  /// The offset of the next page; nil on the last page, or where a cursor was followed.
  public let nextOffset: Int?
}

extension TraceLibrary {
  /// A page of the traces that pass a filter, the newest first.
  ///
  /// Pages follow each other by `cursor`, the `nextCursor` of the page before, or by `offset`,
  /// which passes over so many of the newest traces; not by both. Throws where the cursor is none
  /// of this list, or the limit is not 1 to `Limits.largestPageRows`. Where a phrase is searched,
  /// `mostChecked` bounds how many traces are looked at for it: such a page may be short, even
  /// empty, and still have a next cursor.
  public func page(
    _ filter: TraceFilter = TraceFilter(),
    limit: Int = Limits.pageRows,
    after cursor: String? = nil,
    offset: Int = 0,
    mostChecked: Int = .max
  ) throws -> TracePage {
    guard (1...Limits.largestPageRows).contains(limit) else {
      throw WorkspaceError.invalidRequest(
        parameter: "limit",
        reason: "\(limit) is not between 1 and \(Limits.largestPageRows)"
      )
    }
    guard offset >= 0, cursor == nil || offset == 0 else {
      throw WorkspaceError.invalidRequest(
        parameter: "offset",
        reason: offset < 0 ? "\(offset) is less than 0" : "a cursor is given too; give one of them"
      )
    }
    var query = TraceQuery(filter, limit: limit + 1, offset: offset)
    if let cursor {
      guard let place = PageCursor(cursor, scope: filter.scope) else {
        throw WorkspaceError.invalidRequest(
          parameter: "cursor",
          reason: "\"\(cursor.prefix(40))\" is no cursor of this list; begin without one"
        )
      }
      query.before = place.position
    }
    query.mostChecked = mostChecked
    let found = try database.traceWalk(query)
    let page = found.rows.prefix(limit)
    let hasMore = found.rows.count > limit
    let last = hasMore ? page.last?.sequence : found.stoppedAfter
    return TracePage(
      traces: page.map(\.trace),
      nextCursor: last.map { PageCursor(after: $0, scope: filter.scope).text },
      nextOffset: hasMore && cursor == nil ? offset + limit : nil
    )
  }

  /// How many traces pass a filter, as the index knows it: a phrase counts by its words.
  public func count(_ filter: TraceFilter) throws -> Int {
    try database.traceCount(TraceQuery(filter))
  }

  /// The tags in use with their numbers of traces, the most frequent first.
  public func tags() throws -> [(tag: String, count: Int)] { try database.traceTags() }
}
