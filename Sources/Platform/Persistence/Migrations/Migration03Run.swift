import GRDB

extension DatabaseMigrator {
  mutating func registerRun() {
    registerMigration("03 run") { db in
      try db.create(table: "run") { t in
        t.autoIncrementedPrimaryKey("sequence")
        t.column("id", .text).notNull().unique()
        t.column("createdAt", .text).notNull().indexed()
        t.column("startedAt", .text)
        t.column("completedAt", .text)
        t.column("kind", .text).notNull()
        t.column("status", .text).notNull().indexed()
        t.column("datasetKey", .text).notNull().indexed().references("dataset", column: "key")
        t.column("datasetHash", .text).notNull().check { length($0) == 64 }
        t.column("model", .text).notNull()
        t.column("baseRunID", .text).indexed().references("run", column: "id")
        t.column("specification", .text).notNull().check(sql: "json_valid(specification)")
        t.column("manifest", .text).check(sql: "manifest IS NULL OR json_valid(manifest)")
        t.column("metrics", .text).check(sql: "metrics IS NULL OR json_valid(metrics)")
        t.column("message", .text)
      }
      try db.create(table: "runItem", options: .withoutRowID) { t in
        t.primaryKey {
          t.column("runID", .text).references("run", column: "id", onDelete: .cascade)
          t.column("position", .integer)
        }
        t.column("traceID", .text).notNull().indexed().references("trace", column: "id")
        t.column("category", .text)
        t.column("prompt", .text).notNull()
        t.column("expected", .text).notNull()
        t.column("prediction", .text).notNull()
        t.column("finishReason", .text).notNull()
        t.column("promptTokens", .integer).notNull().check { $0 >= 0 }
        t.column("newTokens", .integer).notNull().check { $0 >= 0 }
        t.column("strict", .text).notNull()
        t.column("lenient", .text).notNull()
        t.column("rung", .text)
        t.column("extracted", .text)
        t.column("reason", .text).notNull()
        t.uniqueKey(["runID", "traceID"])
      }
      try db.refuseUpdates(of: "runItem", because: "a judged item is immutable")
    }
  }
}
