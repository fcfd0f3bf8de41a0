import GRDB

extension DatabaseMigrator {
  mutating func registerTrace() {
    registerMigration("01 trace") { db in
      try db.create(table: "trace") { t in
        t.autoIncrementedPrimaryKey("sequence")
        t.column("id", .text).notNull().unique()
        t.column("createdAt", .text).notNull().indexed()
        t.column("traceVersion", .text).notNull()
        t.column("contentHash", .text).notNull().unique().check { length($0) == 64 }
        t.column("payload", .text).notNull().check(sql: "json_valid(payload)")
      }
      try db.refuseUpdates(of: "trace", because: "a trace is immutable")
    }
  }
}

extension Database {
  /// Makes every update of a table fail.
  func refuseUpdates(of table: String, because reason: String) throws {
    try refuse("UPDATE", of: table, because: reason)
  }

  /// Makes every deletion from a table fail.
  func refuseDeletions(from table: String, because reason: String) throws {
    try refuse("DELETE", of: table, because: reason)
  }

  private func refuse(_ event: String, of table: String, because reason: String) throws {
    try execute(
      sql: """
        CREATE TRIGGER "\(table) refuses \(event)" BEFORE \(event) ON "\(table)"
        BEGIN SELECT RAISE(ABORT, '\(reason)'); END
        """
    )
  }
}
