public import Datasets
public import Foundation
import Foundations
import GRDB

extension DatabaseStore {
  /// Keeps an evaluation set; throws where the name is taken.
  public func insert(evaluationSet set: EvaluationSet, at time: Date) throws(PersistenceError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO evaluationSet (name, createdAt, contentHash, itemCount, document)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          set.name, Timestamp.text(of: time), set.contentHash.hex, set.items.count,
          JSONValue(set.items.map(\.json)).compact,
        ]
      )
    }
  }

  /// The evaluation set of this name; throws where its items are not what its hash says.
  public func evaluationSet(named name: String) throws(PersistenceError) -> EvaluationSet? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM evaluationSet WHERE name = ?", arguments: [name])
        .map(EvaluationSet.init(row:))
    }
  }

  /// The stored evaluation sets, by name.
  public func evaluationSets(limit: Int) throws(PersistenceError) -> [EvaluationSet] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT * FROM evaluationSet ORDER BY name LIMIT ?",
        arguments: [limit]
      ).map(EvaluationSet.init(row:))
    }
  }
}

extension EvaluationSet {
  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "evaluationSet", id: row["name"])
    self = try reader.reading {
      let items = try (reader.json("document").array ?? []).map(EvaluationItem.init(json:))
      let set = try EvaluationSet(name: row["name"], items: items)
      let expected = try reader.hash("contentHash")
      guard set.contentHash == expected else {
        throw DatasetError.hashMismatch(expected: expected.hex, found: set.contentHash.hex)
      }
      return set
    }
  }
}
