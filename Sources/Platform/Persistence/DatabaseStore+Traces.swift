import Foundation
public import Foundations
import GRDB
public import Traces

/// Which traces a list is about, and which page of it.
public struct TraceQuery: Hashable, Sendable {
  /// Values that top-level members of `meta` must have, all of them.
  public var filters: [String: String]
  /// The largest number of traces returned.
  public var limit: Int
  /// How many of the newest traces are passed over.
  public var offset: Int

  /// Asks for a page; the newest traces come first.
  public init(filters: [String: String] = [:], limit: Int = Limits.pageRows, offset: Int = 0) {
    self.filters = filters
    self.limit = limit
    self.offset = offset
  }
}

extension DatabaseStore {
  /// Stores traces in one transaction, all or none; one whose content is stored already is left out.
  ///
  /// Returns, in order, the trace as the database now has it and whether it is new.
  @discardableResult
  public func insert(
    traces: [StoredTrace]
  ) throws(PersistenceError) -> [(trace: StoredTrace, isNew: Bool)] {
    try write { db in
      try traces.map { stored in
        let hash = stored.contentHash.hex
        if let row = try Row.fetchOne(
          db,
          sql: "SELECT * FROM trace WHERE contentHash = ?",
          arguments: [hash]
        ) {
          return (try StoredTrace(row: row), false)
        }
        try db.execute(
          sql: """
            INSERT INTO trace (id, createdAt, traceVersion, contentHash, payload)
            VALUES (?, ?, ?, ?, ?)
            """,
          arguments: [
            stored.id.text, Timestamp.text(of: stored.createdAt), stored.trace.traceVersion, hash,
            stored.trace.json.compact,
          ]
        )
        return (stored, true)
      }
    }
  }

  /// A page of traces, newest first.
  public func traces(_ query: TraceQuery) throws(PersistenceError) -> [StoredTrace] {
    try read { db in
      let (condition, arguments) = query.condition
      return try Row.fetchAll(
        db,
        sql: "SELECT * FROM trace \(condition) ORDER BY sequence DESC LIMIT ? OFFSET ?",
        arguments: arguments + [query.limit, query.offset]
      ).map(StoredTrace.init(row:))
    }
  }

  /// How many traces pass the query's filters; its page does not matter.
  public func traceCount(_ query: TraceQuery) throws(PersistenceError) -> Int {
    try read { db in
      let (condition, arguments) = query.condition
      return try Int.fetchOne(
        db,
        sql: "SELECT COUNT(*) FROM trace \(condition)",
        arguments: arguments
      ) ?? 0
    }
  }

  /// How many traces each value of a top-level member of `meta` has, most frequent first.
  public func traceCounts(
    byMeta key: String
  ) throws(PersistenceError) -> [(value: String, count: Int)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT CAST(COALESCE(json_extract(payload, ?), '') AS TEXT) AS value, COUNT(*) AS count
          FROM trace GROUP BY value ORDER BY count DESC, value LIMIT ?
          """,
        arguments: [metaPath(key), Limits.pageRows]
      ).map { (value: $0["value"] as String, count: $0["count"] as Int) }
    }
  }

  /// The trace of this name.
  public func trace(_ id: Identifier<Trace>) throws(PersistenceError) -> StoredTrace? {
    try traces(named: [id]).first
  }

  /// The traces of these names that exist, in the names' order.
  public func traces(named ids: [Identifier<Trace>]) throws(PersistenceError) -> [StoredTrace] {
    try read { db in
      let statement = try db.cachedStatement(sql: "SELECT * FROM trace WHERE id = ?")
      return try ids.compactMap { id in
        try Row.fetchOne(statement, arguments: [id.text]).map(StoredTrace.init(row:))
      }
    }
  }

  /// The names of traces that begin with `prefix`.
  public func traceIDs(
    beginningWith prefix: String,
    limit: Int
  ) throws(PersistenceError) -> [Identifier<Trace>] {
    try read { db in
      try db.texts(of: "id", in: "trace", beginningWith: prefix, limit: limit)
        .compactMap { Identifier($0) }
    }
  }
}

extension TraceQuery {
  fileprivate var condition: (sql: String, arguments: StatementArguments) {
    guard !filters.isEmpty else { return ("", []) }
    var arguments = StatementArguments()
    for (key, value) in filters.sorted(by: { $0.key < $1.key }) {
      arguments += [metaPath(key), value]
    }
    let clauses = Array(
      repeating: "CAST(json_extract(payload, ?) AS TEXT) = ?",
      count: filters.count
    )
    return ("WHERE " + clauses.joined(separator: " AND "), arguments)
  }
}

/// The path of a top-level member of `meta`; a quoted label may hold any character but the quote.
private func metaPath(_ key: String) -> String {
  "$.meta.\"\(key.filter { $0 != "\"" })\""
}

extension StoredTrace {
  init(row: Row) throws {
    let reader = RowReader(row, table: "trace", id: row["id"])
    self = try reader.reading {
      StoredTrace(
        id: try reader.identifier("id"),
        createdAt: try reader.date("createdAt"),
        trace: try Trace(json: try reader.json("payload")),
        contentHash: try reader.hash("contentHash")
      )
    }
  }
}
