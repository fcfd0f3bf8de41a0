public import Datasets
import Foundation
import Foundations
import GRDB

extension DatabaseStore {
  /// Stores a frozen dataset with its items in one transaction; it can never be changed.
  public func insert(dataset: DatasetManifest) throws(PersistenceError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO dataset (key, createdAt, contentHash, traceCount, manifest)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          dataset.datasetKey, Timestamp.text(of: dataset.createdAt), dataset.contentHash.hex,
          dataset.traceCount, dataset.json.compact,
        ]
      )
      let statement = try db.makeStatement(
        sql: """
          INSERT INTO datasetItem (datasetKey, position, traceID, contentHash, groupKey, split)
          VALUES (?, ?, ?, ?, ?, ?)
          """
      )
      for (position, item) in dataset.items.enumerated() {
        try statement.execute(arguments: [
          dataset.datasetKey, position, item.traceID.text, item.contentHash.hex, item.groupKey,
          item.split.rawValue,
        ])
      }
    }
  }

  /// The dataset of this key; throws where its manifest is not what its hash says.
  public func dataset(key: String) throws(PersistenceError) -> DatasetManifest? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM dataset WHERE key = ?", arguments: [key])
        .map(DatasetManifest.init(row:))
    }
  }

  /// A page of datasets, newest first.
  public func datasets(limit: Int) throws(PersistenceError) -> [DatasetManifest] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT * FROM dataset ORDER BY sequence DESC LIMIT ?",
        arguments: [limit]
      ).map(DatasetManifest.init(row:))
    }
  }

  /// How many datasets there are.
  public func datasetCount() throws(PersistenceError) -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM dataset") ?? 0 }
  }
}

extension DatasetManifest {
  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "dataset", id: row["key"])
    self = try reader.reading { try DatasetManifest(json: try reader.json("manifest")) }
  }
}
