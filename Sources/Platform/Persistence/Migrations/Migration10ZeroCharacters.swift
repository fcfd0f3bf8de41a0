import GRDB

extension DatabaseMigrator {
  /// Traces whose texts hold a zero character were indexed up to it only; where there is one, every
  /// trace is indexed anew.
  mutating func registerZeroCharacters() {
    registerMigration("10 zero characters") { db in
      // A payload has the character as its escape.
      try db.execute(
        sql: #"""
          INSERT INTO traceSearchBacklog SELECT MAX(sequence) FROM trace
          WHERE EXISTS (SELECT 1 FROM trace WHERE instr(payload, '\u0000') > 0)
          HAVING MAX(sequence) IS NOT NULL
          """#
      )
      guard db.changesCount > 0 else { return }
      try db.execute(sql: "INSERT INTO traceSearch (traceSearch) VALUES ('delete-all')")
    }
  }
}
