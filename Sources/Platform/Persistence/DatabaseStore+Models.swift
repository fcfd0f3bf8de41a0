public import Experiments
import Foundation
import Foundations
import GRDB

extension DatabaseStore {
  /// Remembers a fetched model; one of the same name is replaced.
  public func save(model: PulledModel) throws(PersistenceError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO model (name, createdAt, fileName, sha256, sizeBytes, licence, source)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (name) DO UPDATE SET createdAt = excluded.createdAt,
            fileName = excluded.fileName, sha256 = excluded.sha256,
            sizeBytes = excluded.sizeBytes, licence = excluded.licence, source = excluded.source
          """,
        arguments: [
          model.name, Timestamp.text(of: model.createdAt), model.fileName, model.sha256.hex,
          model.sizeBytes, model.licence, model.source,
        ]
      )
    }
  }

  /// The fetched model of this name.
  public func model(named name: String) throws(PersistenceError) -> PulledModel? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM model WHERE name = ?", arguments: [name])
        .map(PulledModel.init(row:))
    }
  }

  /// Every fetched model, by name.
  public func models(limit: Int) throws(PersistenceError) -> [PulledModel] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM model ORDER BY name LIMIT ?", arguments: [limit])
        .map(PulledModel.init(row:))
    }
  }
}

extension PulledModel {
  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "model", id: row["name"])
    self.init(
      name: row["name"],
      createdAt: try reader.date("createdAt"),
      fileName: row["fileName"],
      sha256: try reader.hash("sha256"),
      sizeBytes: row["sizeBytes"],
      licence: row["licence"],
      source: row["source"]
    )
  }
}
