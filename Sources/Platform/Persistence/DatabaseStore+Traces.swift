public import Foundation
public import Foundations
import GRDB
public import Traces

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
        let insertion = try TraceInsertion(db, createdAt: stored.createdAt)
        let prepared = PreparedTrace(stored.trace)
        let outcome = try insertion.add(prepared)
        let statement = try db.cachedStatement(sql: "SELECT * FROM trace WHERE id = ?")
        let row = try Row.fetchOne(statement, arguments: [prepared.id.text])
        guard let kept = try row.map(StoredTrace.init(row:)) else {
          throw PersistenceError.failed(reason: "the trace \(prepared.id) is gone")
        }
        return (kept, outcome == .created)
      }
    }
  }

  /// Stores prepared traces in one transaction, all or none.
  ///
  /// Returns, in order, each trace's name, when it was stored, and whether that was now.
  public func insert(
    prepared traces: [PreparedTrace],
    createdAt: Date
  ) throws(PersistenceError) -> [(id: Identifier<Trace>, createdAt: Date, isNew: Bool)] {
    try write { db in
      let insertion = try TraceInsertion(db, createdAt: createdAt)
      let find = try db.makeStatement(sql: "SELECT createdAt FROM trace WHERE id = ?")
      return try traces.map { trace in
        if try insertion.add(trace) == .created { return (trace.id, createdAt, true) }
        let text = try String.fetchOne(find, arguments: [trace.id.text]) ?? ""
        return (trace.id, Timestamp.date(from: text) ?? createdAt, false)
      }
    }
  }

  /// A page of traces, newest first.
  public func traces(_ query: TraceQuery) throws(PersistenceError) -> [StoredTrace] {
    try tracePage(query).map(\.trace)
  }

  /// A page of traces with their sequence numbers, newest first.
  public func tracePage(
    _ query: TraceQuery
  ) throws(PersistenceError) -> [(sequence: Int64, trace: StoredTrace)] {
    try traceWalk(query).rows
  }

  /// A page of traces with their sequence numbers, newest first, and where the walk ended early.
  ///
  /// The index may take another fact for the one that is asked for, and knows no phrases, so what
  /// it found is checked, and the walk goes on until the page is full, or until as many traces as
  /// the query allows were looked at.
  public func traceWalk(_ query: TraceQuery) throws(PersistenceError) -> TraceWalk {
    try read { db in
      let isChecked = query.filter.search?.needsCheck ?? false
      var walk = TraceWalk()
      var (passed, seen, last) = (isChecked ? query.offset : 0, 0, query.before)
      // Where every row counts no more are asked for, so that a sort need not hold them.
      let mayPassOver = isChecked || !query.filter.facts.isEmpty
      let rows = try query.rows(
        db,
        limit: mayPassOver ? query.mostChecked : query.limit,
        offset: isChecked ? 0 : query.offset
      )
      while walk.rows.count < query.limit, let row = try rows.next() {
        (seen, last) = (seen + 1, row[0])
        let payload: String = row[4]
        guard query.filter.search?.mayAccept(json: payload) ?? true else { continue }
        let stored = try TraceRecord(
          id: row[1],
          createdAt: row[2],
          contentHash: row[3],
          payload: payload
        ).stored()
        guard query.filter.accepts(stored.trace) else { continue }
        if passed > 0 {
          passed -= 1
        } else {
          walk.rows.append((row[0], stored))
        }
      }
      if walk.rows.count < query.limit, seen >= query.mostChecked { walk.stoppedAfter = last }
      return walk
    }
  }

  /// How many traces pass the query's filter; its page does not matter.
  ///
  /// Phrases are not looked at: their words are.
  public func traceCount(_ query: TraceQuery) throws(PersistenceError) -> Int {
    try read { db in try query.count(db) }
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

/// The path of a top-level member of `meta`; a quoted label may hold any character but the quote.
private func metaPath(_ key: String) -> String {
  "$.meta.\"\(key.filter { $0 != "\"" })\""
}

extension StoredTrace {
  init(row: Row) throws {
    self = try TraceRecord(
      id: row["id"],
      createdAt: row["createdAt"],
      contentHash: row["contentHash"],
      payload: row["payload"]
    ).stored()
  }
}

/// The texts of a trace's row.
///
/// Taking them needs the database, reading them does not.
struct TraceRecord: Hashable, Sendable {
  let id: String
  let createdAt: String
  let contentHash: String
  let payload: String

  func stored() throws(PersistenceError) -> StoredTrace {
    let name = try value(of: "id", id) { Identifier<Trace>($0) }
    let time = try value(of: "createdAt", createdAt) { Timestamp.date(from: $0) }
    let hash = try value(of: "contentHash", contentHash) { ContentHash(hex: $0) }
    do {
      let trace = try Trace(parsing: Array(payload.utf8))
      return StoredTrace(id: name, createdAt: time, trace: trace, contentHash: hash)
    } catch {
      throw .damagedRow(table: "trace", id: id, reason: "\(error)")
    }
  }

  private func value<T>(
    of column: String,
    _ text: String,
    _ read: (String) -> T?
  ) throws(PersistenceError) -> T {
    guard let value = read(text) else {
      throw .damagedRow(table: "trace", id: id, column: column, text: text)
    }
    return value
  }
}

/// What a walk through the traces found.
public struct TraceWalk: Sendable {
  /// The traces with their sequence numbers, the newest first.
  public var rows: [(sequence: Int64, trace: StoredTrace)] = []
  /// The last trace that was looked at, where the walk ended early; older ones may pass, too.
  public var stoppedAfter: Int64?
}
