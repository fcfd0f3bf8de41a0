public import Foundations
import GRDB
public import Traces

/// What became of the wish to delete a trace.
public enum TraceDeletion: Hashable, Sendable {
  /// It is gone, with its tags, labels and scores.
  case deleted
  /// There is no such trace.
  case unknown
  /// These datasets, and these runs, hold it; nothing was changed.
  case inUse(datasets: [String], runs: [String])
}

extension DatabaseStore {
  /// Deletes a trace, unless a dataset or a run depends on it.
  public func deleteTrace(_ id: Identifier<Trace>) throws(PersistenceError) -> TraceDeletion {
    try write { db in
      let statement = try db.cachedStatement(sql: "SELECT * FROM trace WHERE id = ?")
      guard let row = try Row.fetchOne(statement, arguments: [id.text]) else { return .unknown }
      let datasets = try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT datasetKey FROM datasetItem WHERE traceID = ? ORDER BY datasetKey LIMIT ?
          """,
        arguments: [id.text, Limits.pageRows]
      )
      let runs = try String.fetchAll(
        db,
        sql: "SELECT DISTINCT runID FROM runItem WHERE traceID = ? ORDER BY runID LIMIT ?",
        arguments: [id.text, Limits.pageRows]
      )
      guard datasets.isEmpty, runs.isEmpty else { return .inUse(datasets: datasets, runs: runs) }
      let sequence: Int64 = row["sequence"]
      try db.execute(
        sql: SearchIndex.deletion,
        arguments: [sequence, try StoredTrace(row: row).trace.indexText]
      )
      try db.execute(sql: "DELETE FROM trace WHERE sequence = ?", arguments: [sequence])
      return .deleted
    }
  }
}
