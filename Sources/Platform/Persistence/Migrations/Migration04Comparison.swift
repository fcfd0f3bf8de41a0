import GRDB

extension DatabaseMigrator {
  mutating func registerComparison() {
    registerMigration("04 comparison") { db in
      try db.create(table: "comparison") { t in
        t.autoIncrementedPrimaryKey("sequence")
        t.column("id", .text).notNull().unique()
        t.column("createdAt", .text).notNull()
        t.column("baseRunID", .text).notNull().references("run", column: "id")
        t.column("trainedRunID", .text).notNull().indexed().references("run", column: "id")
        t.column("datasetKey", .text).notNull().indexed().references("dataset", column: "key")
        t.column("judge", .text).notNull()
        t.column("pValueLenient", .double).notNull().check { $0 >= 0 && $0 <= 1 }
        t.column("contentHash", .text).notNull().check { length($0) == 64 }
        t.column("document", .text).notNull().check(sql: "json_valid(document)")
        t.uniqueKey(["baseRunID", "trainedRunID"])
        t.check(sql: "baseRunID <> trainedRunID")
      }
      try db.refuseUpdates(of: "comparison", because: "a comparison is immutable")
    }
  }
}
