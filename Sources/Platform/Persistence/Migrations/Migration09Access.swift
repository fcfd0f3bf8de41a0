import GRDB

extension DatabaseMigrator {
  mutating func registerAccess() {
    registerMigration("09 access") { db in
      try db.create(table: "accessToken") { t in
        t.autoIncrementedPrimaryKey("sequence")
        t.column("id", .text).notNull().unique()
        t.column("name", .text).notNull().unique().check { length($0) > 0 }
        t.column("secretHash", .text).notNull().unique().check { length($0) == 64 }
        t.column("scopes", .text).notNull().check { length($0) > 0 }
        t.column("createdAt", .text).notNull()
        t.column("expiresAt", .text)
        t.column("revokedAt", .text)
      }
      try db.create(table: "idempotencyKey", options: .withoutRowID) { t in
        t.primaryKey {
          t.column("caller", .text)
          t.column("key", .text)
        }
        t.column("fingerprint", .text).notNull().check { length($0) == 64 }
        t.column("createdAt", .text).notNull().indexed()
        // Null while the request is being answered.
        t.column("status", .integer)
        t.column("headers", .text)
        t.column("body", .blob)
      }
      try db.create(table: "writeProbe") { t in
        t.primaryKey("id", .integer).check { $0 == 1 }
        t.column("writtenAt", .text).notNull()
      }
    }
  }
}
