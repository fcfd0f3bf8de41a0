import GRDB

extension DatabaseMigrator {
  mutating func registerDataset() {
    registerMigration("02 dataset") { db in
      try db.create(table: "dataset") { t in
        t.autoIncrementedPrimaryKey("sequence")
        t.column("key", .text).notNull().unique()
        t.column("createdAt", .text).notNull()
        t.column("contentHash", .text).notNull().indexed().check { length($0) == 64 }
        t.column("traceCount", .integer).notNull().check { $0 > 0 }
        t.column("manifest", .text).notNull().check(sql: "json_valid(manifest)")
      }
      try db.create(table: "datasetItem", options: .withoutRowID) { t in
        t.primaryKey {
          t.column("datasetKey", .text).references("dataset", column: "key")
          t.column("position", .integer)
        }
        t.column("traceID", .text).notNull().indexed().references("trace", column: "id")
        t.column("contentHash", .text).notNull().check { length($0) == 64 }
        t.column("groupKey", .text).notNull()
        t.column("split", .text).notNull().check { length($0) > 0 }
        t.uniqueKey(["datasetKey", "traceID"])
      }
      try db.create(
        index: "datasetItem_on_split",
        on: "datasetItem",
        columns: ["datasetKey", "split", "position"]
      )
      for table in ["dataset", "datasetItem"] {
        try db.refuseUpdates(of: table, because: "a dataset is immutable")
        try db.refuseDeletions(from: table, because: "a dataset is immutable")
      }
    }
  }
}
