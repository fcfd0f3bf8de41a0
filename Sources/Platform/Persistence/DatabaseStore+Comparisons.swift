import Evaluation
public import Experiments
import Foundation
public import Foundations
import GRDB
import Judging

extension DatabaseStore {
  /// Keeps a comparison; two runs are compared once.
  public func insert(comparison: StoredComparison) throws(PersistenceError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO comparison (id, createdAt, baseRunID, trainedRunID, datasetKey, judge,
            pValueLenient, contentHash, document)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          comparison.id.text, Timestamp.text(of: comparison.createdAt),
          comparison.baseRunID.text, comparison.trainedRunID.text, comparison.datasetKey,
          comparison.judge.description, comparison.comparison.lenient.pValue,
          comparison.contentHash.hex, comparison.json.compact,
        ]
      )
    }
  }

  /// The comparison of two runs.
  public func comparison(
    base: Identifier<Run>,
    trained: Identifier<Run>
  ) throws(PersistenceError) -> StoredComparison? {
    try read { db in
      try Row.fetchOne(
        db,
        sql: "SELECT * FROM comparison WHERE baseRunID = ? AND trainedRunID = ?",
        arguments: [base.text, trained.text]
      ).map(StoredComparison.init(row:))
    }
  }

  /// The comparison of this name.
  public func comparison(
    _ id: Identifier<StoredComparison>
  ) throws(PersistenceError) -> StoredComparison? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM comparison WHERE id = ?", arguments: [id.text])
        .map(StoredComparison.init(row:))
    }
  }

  /// The comparisons in which a run takes this side, newest first.
  public func comparisons(
    of run: Identifier<Run>,
    as side: PromotionCandidate,
    limit: Int = Limits.pageRows
  ) throws(PersistenceError) -> [StoredComparison] {
    let column = side == .base ? "baseRunID" : "trainedRunID"
    return try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT * FROM comparison WHERE \(column) = ? ORDER BY sequence DESC LIMIT ?",
        arguments: [run.text, limit]
      ).map(StoredComparison.init(row:))
    }
  }
}

extension StoredComparison {
  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "comparison", id: row["id"])
    self = try reader.reading {
      let comparison = try StoredComparison(json: try reader.json("document"))
      let stored = try reader.hash("contentHash")
      guard comparison.contentHash == stored else {
        throw PersistenceError.damagedRow(
          table: "comparison",
          id: comparison.id.text,
          reason: "its content has sha256 \(comparison.contentHash), stored was \(stored)"
        )
      }
      return comparison
    }
  }
}
