import Foundations
import GRDB
import Traces

/// The full-text index of traces: what tells it of a trace, and what makes it forget one.
enum SearchIndex {
  static let insertion = "INSERT INTO traceSearch (rowid, words) VALUES (?, ?)"
  static let deletion =
    "INSERT INTO traceSearch (traceSearch, rowid, words) VALUES ('delete', ?, ?)"

  private static let batchTraces = 1_000
}

extension SearchIndex {
  /// Indexes the traces that were stored before there was an index, once.
  static func catchUp(_ writer: any DatabaseWriter) throws {
    while try writer.write(indexNextBatch) {}
  }

  /// Indexes the newest traces that wait; false where none is left.
  private static func indexNextBatch(_ db: Database) throws -> Bool {
    guard let last = try Int64.fetchOne(db, sql: "SELECT lastSequence FROM traceSearchBacklog")
    else { return false }
    let rows = try Row.fetchAll(
      db,
      sql: "SELECT sequence, payload FROM trace WHERE sequence <= ? ORDER BY sequence DESC LIMIT ?",
      arguments: [last, batchTraces]
    )
    let statement = try db.makeStatement(sql: insertion)
    for row in rows {
      // A damaged row is not found by words; reading it says that it is damaged.
      let payload: String = row["payload"]
      guard let trace = try? Trace(parsing: Array(payload.utf8)) else { continue }
      try statement.execute(arguments: [row["sequence"] as Int64, trace.indexText])
    }
    guard let lowest = rows.last.map({ $0["sequence"] as Int64 }), rows.count == batchTraces else {
      try db.execute(sql: "DELETE FROM traceSearchBacklog")
      return false
    }
    try db.execute(
      sql: "UPDATE traceSearchBacklog SET lastSequence = ?",
      arguments: [lowest - 1]
    )
    return true
  }
}
