import GRDB

extension DatabaseMigrator {
  mutating func registerRegistry() {
    registerMigration("05 registry") { db in
      try db.create(table: "modelFamily") { t in
        t.autoIncrementedPrimaryKey("sequence")
        t.column("id", .text).notNull().unique()
        t.column("name", .text).notNull().unique()
        t.column("summary", .text).notNull().defaults(to: "")
        t.column("taskType", .text)
        t.column("createdAt", .text).notNull()
        t.column("updatedAt", .text).notNull()
      }
      try db.create(table: "modelVersion") { t in
        t.autoIncrementedPrimaryKey("sequence")
        t.column("id", .text).notNull().unique()
        t.column("familyID", .text).notNull().references("modelFamily", column: "id")
        t.column("label", .text).notNull()
        t.column("createdAt", .text).notNull().indexed()
        t.column("kind", .text).notNull()
        t.column("sourceRunID", .text).notNull().indexed().references("run", column: "id")
        t.column("comparisonID", .text).notNull().references("comparison", column: "id")
        t.column("sha256", .text).notNull().indexed().check { length($0) == 64 }
        t.column("sizeBytes", .integer).notNull().check { $0 >= 0 }
        t.column("runHash", .text).notNull().check { length($0) == 64 }
        t.column("comparisonHash", .text).notNull().check { length($0) == 64 }
        t.column("provenance", .text).notNull().check(sql: "json_valid(provenance)")
        t.uniqueKey(["familyID", "label"])
      }
      try db.create(table: "modelAlias", options: .withoutRowID) { t in
        t.primaryKey {
          t.column("familyID", .text).references("modelFamily", column: "id")
          t.column("alias", .text)
        }
        t.column("versionID", .text).notNull().indexed().references("modelVersion", column: "id")
        t.column("updatedAt", .text).notNull()
      }
      try db.refuseUpdates(of: "modelVersion", because: "a model version is immutable")
      try db.refuseDeletions(from: "modelVersion", because: "a model version is immutable")
    }
  }
}
