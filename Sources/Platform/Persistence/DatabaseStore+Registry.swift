public import Experiments
public import Foundation
import Foundations
import GRDB

extension DatabaseStore {
  /// Makes a model family.
  public func insert(family: ModelFamily) throws(PersistenceError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO modelFamily (id, name, summary, taskType, createdAt, updatedAt)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          family.id.text, family.name, family.summary, family.taskType,
          Timestamp.text(of: family.createdAt), Timestamp.text(of: family.updatedAt),
        ]
      )
    }
  }

  /// The family of this name.
  public func family(named name: String) throws(PersistenceError) -> ModelFamily? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM modelFamily WHERE name = ?", arguments: [name])
        .map(ModelFamily.init(row:))
    }
  }

  /// Every family, the last promoted first.
  public func families(limit: Int) throws(PersistenceError) -> [ModelFamily] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT * FROM modelFamily ORDER BY updatedAt DESC, name LIMIT ?",
        arguments: [limit]
      ).map(ModelFamily.init(row:))
    }
  }

  /// Stores an immutable version of a family and moves an alias to it, in one transaction.
  public func insert(
    version: ModelVersion,
    of family: ModelFamily,
    alias: String?
  ) throws(PersistenceError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO modelVersion (id, familyID, label, createdAt, kind, sourceRunID, comparisonID,
            sha256, sizeBytes, runHash, comparisonHash, provenance)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          version.id.text, family.id.text, version.label, Timestamp.text(of: version.createdAt),
          version.kind.rawValue, version.provenance.runID.text,
          version.provenance.comparisonID.text, version.sha256.hex, version.sizeBytes,
          version.runHash.hex, version.comparisonHash.hex, version.provenance.json.compact,
        ]
      )
      try db.execute(
        sql: "UPDATE modelFamily SET updatedAt = ? WHERE id = ?",
        arguments: [Timestamp.text(of: version.createdAt), family.id.text]
      )
      if let alias {
        try db.move(alias: alias, of: family, to: version.label, at: version.createdAt)
      }
    }
  }

  /// Moves an alias of a family to one of its versions.
  public func move(
    alias: String,
    of family: ModelFamily,
    to label: String,
    at time: Date
  ) throws(PersistenceError) {
    try write { try $0.move(alias: alias, of: family, to: label, at: time) }
  }

  /// The versions of a family, newest first.
  public func versions(
    of family: ModelFamily,
    limit: Int
  ) throws(PersistenceError) -> [ModelVersion] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT * FROM modelVersion WHERE familyID = ? ORDER BY sequence DESC LIMIT ?",
        arguments: [family.id.text, limit]
      ).map { try ModelVersion(row: $0, family: family) }
    }
  }

  /// The version of a family that a label names.
  public func version(
    of family: ModelFamily,
    label: String
  ) throws(PersistenceError) -> ModelVersion? {
    try read { db in
      try Row.fetchOne(
        db,
        sql: "SELECT * FROM modelVersion WHERE familyID = ? AND label = ?",
        arguments: [family.id.text, label]
      ).map { try ModelVersion(row: $0, family: family) }
    }
  }

  /// The aliases of a family, by name.
  public func aliases(of family: ModelFamily) throws(PersistenceError) -> [ModelAlias] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT alias, label, modelAlias.updatedAt AS updatedAt FROM modelAlias
          JOIN modelVersion ON modelVersion.id = versionID
          WHERE modelAlias.familyID = ? ORDER BY alias LIMIT ?
          """,
        arguments: [family.id.text, Limits.largestPageRows]
      ).map { row in
        let reader = RowReader(row, table: "modelAlias", id: row["alias"])
        return ModelAlias(
          name: row["alias"],
          label: row["label"],
          updatedAt: try reader.date("updatedAt")
        )
      }
    }
  }
}

extension Database {
  fileprivate func move(
    alias: String,
    of family: ModelFamily,
    to label: String,
    at time: Date
  ) throws {
    try execute(
      sql: """
        INSERT INTO modelAlias (familyID, alias, versionID, updatedAt)
        SELECT familyID, ?, id, ? FROM modelVersion WHERE familyID = ? AND label = ?
        ON CONFLICT (familyID, alias) DO UPDATE SET versionID = excluded.versionID,
          updatedAt = excluded.updatedAt
        """,
      arguments: [alias, Timestamp.text(of: time), family.id.text, label]
    )
  }
}

extension ModelFamily {
  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "modelFamily", id: row["name"])
    self.init(
      id: try reader.identifier("id"),
      name: row["name"],
      summary: row["summary"],
      taskType: row["taskType"],
      createdAt: try reader.date("createdAt"),
      updatedAt: try reader.date("updatedAt")
    )
  }
}

extension ModelVersion {
  fileprivate init(row: Row, family: ModelFamily) throws {
    let reader = RowReader(row, table: "modelVersion", id: row["id"])
    self = try reader.reading {
      ModelVersion(
        id: try reader.identifier("id"),
        family: family.name,
        label: row["label"],
        createdAt: try reader.date("createdAt"),
        kind: try reader.choice("kind"),
        sha256: try reader.hash("sha256"),
        sizeBytes: row["sizeBytes"],
        runHash: try reader.hash("runHash"),
        comparisonHash: try reader.hash("comparisonHash"),
        provenance: try Provenance(json: try reader.json("provenance"))
      )
    }
  }
}
