import GRDB

extension DatabaseMigrator {
  mutating func registerDatasetLibrary() {
    registerMigration("08 dataset library") { db in
      try db.createDatasetSummary()
      try db.createDatasetSource()
      try db.create(table: "datasetCheck", options: .withoutRowID) { t in
        t.primaryKey {
          t.column("datasetKey", .text).references("dataset", column: "key")
          t.column("kind", .text)
        }
        t.column("createdAt", .text).notNull()
        t.column("document", .text).notNull().check(sql: "json_valid(document)")
      }
      try db.create(table: "evaluationSet") { t in
        t.autoIncrementedPrimaryKey("sequence")
        t.column("name", .text).notNull().unique()
        t.column("createdAt", .text).notNull()
        t.column("contentHash", .text).notNull().check { length($0) == 64 }
        t.column("itemCount", .integer).notNull().check { $0 > 0 }
        t.column("document", .text).notNull().check(sql: "json_valid(document)")
      }
      for table in ["datasetSummary", "datasetSource"] {
        try db.refuseUpdates(of: table, because: "a dataset is immutable")
        try db.refuseDeletions(from: table, because: "a dataset is immutable")
      }
      try db.refuseUpdates(of: "evaluationSet", because: "an evaluation set is immutable")
    }
  }
}

extension Database {
  /// What lists show, so that they need not read whole manifests.
  fileprivate func createDatasetSummary() throws {
    try create(table: "datasetSummary") { t in
      t.column("sequence", .integer).notNull().primaryKey().references("dataset")
      t.column("key", .text).notNull().unique()
      t.column("name", .text).notNull().indexed()
      t.column("trainCount", .integer).notNull()
      t.column("testCount", .integer).notNull()
      t.column("document", .text).notNull().check(sql: "json_valid(document)")
    }
    try execute(
      sql: """
        INSERT INTO datasetSummary (sequence, key, name, trainCount, testCount, document)
        SELECT sequence, key, json_extract(manifest, '$.dataset_name'),
          (SELECT COUNT(*) FROM datasetItem WHERE datasetKey = key AND split = 'train'),
          (SELECT COUNT(*) FROM datasetItem WHERE datasetKey = key AND split = 'test'),
          json_remove(manifest, '$.items', '$.trace_ids')
        FROM dataset
        """
    )
  }

  /// What a dataset was made of: a named parent, merged datasets, the version before.
  fileprivate func createDatasetSource() throws {
    try create(table: "datasetSource", options: .withoutRowID) { t in
      t.primaryKey {
        t.column("datasetKey", .text).references("dataset", column: "key")
        t.column("sourceKey", .text)
      }
    }
    try create(index: "datasetSource_on_source", on: "datasetSource", columns: ["sourceKey"])
    try execute(
      sql: """
        INSERT INTO datasetSource (datasetKey, sourceKey)
        SELECT key, json_extract(manifest, '$.parent_dataset_id') FROM dataset
        WHERE json_type(manifest, '$.parent_dataset_id') = 'text'
        """
    )
  }
}
