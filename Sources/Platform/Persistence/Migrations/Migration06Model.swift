import GRDB

extension DatabaseMigrator {
  mutating func registerModel() {
    registerMigration("06 model") { db in
      try db.create(table: "model") { t in
        t.autoIncrementedPrimaryKey("sequence")
        t.column("name", .text).notNull().unique()
        t.column("createdAt", .text).notNull()
        t.column("fileName", .text).notNull()
        t.column("sha256", .text).notNull().indexed().check { length($0) == 64 }
        t.column("sizeBytes", .integer).notNull().check { $0 > 0 }
        t.column("licence", .text).notNull()
        t.column("source", .text).notNull()
      }
    }
  }
}
