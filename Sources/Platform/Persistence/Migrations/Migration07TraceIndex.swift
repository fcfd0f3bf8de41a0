import GRDB

extension DatabaseMigrator {
  /// Traces get the columns and indexes that lists of a million need.
  ///
  /// A trace's id follows from its content, so that one unique index serves both; every payload was
  /// written by the program from a checked trace. Each random index costs as much as storing the
  /// trace, and so does each check of its JSON.
  mutating func registerTraceIndex() {
    registerMigration("07 trace index") { db in
      try db.rebuildTraces()
      // Without texts, positions and sizes: the payload has the texts, and a list is in order of
      // time, not of rank. Positions would cost half as much again at every import.
      try db.execute(
        sql: """
          CREATE VIRTUAL TABLE traceSearch USING fts5(
            words, content='', columnsize=0, detail=none, tokenize='unicode61'
          )
          """
      )
      // Traces that were stored before there was an index, up to this one, wait for it.
      try db.execute(
        sql: """
          CREATE TABLE traceSearchBacklog (lastSequence INTEGER NOT NULL);
          INSERT INTO traceSearchBacklog SELECT sequence FROM trace ORDER BY sequence DESC LIMIT 1
          """
      )
      try db.createAnnotations()
    }
  }
}

extension Database {
  fileprivate func rebuildTraces() throws {
    try execute(
      sql: """
        CREATE TABLE traceNew (
          sequence INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          createdAt TEXT NOT NULL,
          traceVersion TEXT NOT NULL,
          contentHash TEXT NOT NULL CHECK (length(contentHash) = 64),
          category TEXT,
          stepCount INTEGER NOT NULL,
          characterCount INTEGER NOT NULL,
          baselineScore REAL NOT NULL,
          payload TEXT NOT NULL
        );
        INSERT INTO traceNew
        SELECT sequence, id, createdAt, traceVersion, contentHash,
          CASE json_type(payload, '$.meta.category') WHEN 'text'
            THEN json_extract(payload, '$.meta.category') END,
          steps, characters + length(json_extract(payload, '$.prompt'))
            + length(json_extract(payload, '$.final_answer')),
          round(50 * min(steps / 10.0, 1) + 50 * min(characters * 1.0 / steps / 500, 1), 2),
          payload
        FROM (
          SELECT *, json_array_length(payload, '$.steps') AS steps,
            (SELECT sum(length(json_extract(value, '$.content')))
             FROM json_each(payload, '$.steps')) AS characters
          FROM trace
        );
        DROP TABLE trace;
        ALTER TABLE traceNew RENAME TO trace;
        CREATE INDEX trace_on_createdAt ON trace (createdAt)
        """
    )
    try refuseUpdates(of: "trace", because: "a trace is immutable")
  }

  fileprivate func createAnnotations() throws {
    try create(table: "traceTag", options: .withoutRowID) { t in
      t.primaryKey {
        t.column("tag", .text)
        t.column("traceSequence", .integer).references("trace", onDelete: .cascade)
      }
      t.check(sql: "length(tag) > 0")
    }
    try create(index: "traceTag_on_trace", on: "traceTag", columns: ["traceSequence"])
    try create(table: "traceArchive") { t in
      t.primaryKey("traceSequence", .integer).references("trace", onDelete: .cascade)
      t.column("archivedAt", .text).notNull()
    }
    try create(table: "stepLabel", options: .withoutRowID) { t in
      t.primaryKey {
        t.column("traceSequence", .integer).references("trace", onDelete: .cascade)
        t.column("step", .integer)
      }
      t.column("verdict", .text).notNull().check { ["correct", "wrong", "redundant"].contains($0) }
      t.column("note", .text)
      t.column("createdAt", .text).notNull()
    }
    try create(table: "traceScore") { t in
      t.autoIncrementedPrimaryKey("sequence")
      t.column("id", .text).notNull().unique()
      t.column("traceSequence", .integer).notNull().indexed()
        .references("trace", onDelete: .cascade)
      t.column("criteria", .text).notNull()
      t.column("score", .double).notNull()
      t.column("details", .text).notNull().check(sql: "json_valid(details)")
      t.column("createdAt", .text).notNull()
    }
    try refuseUpdates(of: "traceScore", because: "a score is immutable")
  }
}
