public import Foundation
public import Foundations
import GRDB
public import Traces

/// What stands beside traces: tags, the archive flag, labels of steps, scores.
extension DatabaseStore {
  /// What is known beside a trace's content; nil where there is no such trace.
  public func annotations(
    of id: Identifier<Trace>
  ) throws(PersistenceError) -> TraceAnnotations? {
    try read { db in
      try db.sequence(of: id).map { try TraceAnnotations(db, sequence: $0) }
    }
  }

  /// Adds and removes tags; false where there is no such trace.
  public func changeTags(
    of id: Identifier<Trace>,
    adding: [String],
    removing: [String]
  ) throws(PersistenceError) -> Bool {
    try write { db in
      guard let sequence = try db.sequence(of: id) else { return false }
      for tag in removing {
        try db.execute(
          sql: "DELETE FROM traceTag WHERE tag = ? AND traceSequence = ?",
          arguments: [tag, sequence]
        )
      }
      for tag in adding {
        try db.execute(
          sql: "INSERT INTO traceTag (tag, traceSequence) VALUES (?, ?) ON CONFLICT DO NOTHING",
          arguments: [tag, sequence]
        )
      }
      let count = try Int.fetchOne(
        db,
        sql: "SELECT COUNT(*) FROM traceTag WHERE traceSequence = ?",
        arguments: [sequence]
      )
      guard count ?? 0 <= Limits.traceTags else {
        throw PersistenceError.refused(
          reason: "trace \(id) would carry \(count ?? 0) tags; at most \(Limits.traceTags)"
        )
      }
      return true
    }
  }

  /// The tags in use with their numbers of traces, the most frequent first.
  public func traceTags() throws(PersistenceError) -> [(tag: String, count: Int)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT tag, COUNT(*) AS count FROM traceTag GROUP BY tag ORDER BY count DESC, tag LIMIT ?
          """,
        arguments: [Limits.largestPageRows]
      ).map { (tag: $0["tag"] as String, count: $0["count"] as Int) }
    }
  }

  /// Archives a trace, or takes it back from the archive; false where there is no such trace.
  public func setArchived(
    _ id: Identifier<Trace>,
    at date: Date?
  ) throws(PersistenceError) -> Bool {
    try write { db in
      guard let sequence = try db.sequence(of: id) else { return false }
      if let date {
        try db.execute(
          sql: """
            INSERT INTO traceArchive (traceSequence, archivedAt) VALUES (?, ?)
            ON CONFLICT DO NOTHING
            """,
          arguments: [sequence, Timestamp.text(of: date)]
        )
      } else {
        try db.execute(
          sql: "DELETE FROM traceArchive WHERE traceSequence = ?",
          arguments: [sequence]
        )
      }
      return true
    }
  }

  /// Labels steps of a trace, replacing labels that they had, and clears others; false where there
  /// is no such trace.
  public func changeLabels(
    of id: Identifier<Trace>,
    setting labels: [StepLabel],
    clearing steps: [Int]
  ) throws(PersistenceError) -> Bool {
    try write { db in
      guard let sequence = try db.sequence(of: id) else { return false }
      for step in steps {
        try db.execute(
          sql: "DELETE FROM stepLabel WHERE traceSequence = ? AND step = ?",
          arguments: [sequence, step]
        )
      }
      for label in labels {
        try db.execute(
          sql: """
            INSERT OR REPLACE INTO stepLabel (traceSequence, step, verdict, note, createdAt)
            VALUES (?, ?, ?, ?, ?)
            """,
          arguments: [
            sequence, label.step, label.verdict.rawValue, label.note,
            Timestamp.text(of: label.createdAt),
          ]
        )
      }
      return true
    }
  }

  /// Keeps a score of a trace; false where there is no such trace.
  public func insert(
    score: TraceScore,
    of id: Identifier<Trace>
  ) throws(PersistenceError) -> Bool {
    try write { db in
      guard let sequence = try db.sequence(of: id) else { return false }
      try db.execute(
        sql: """
          INSERT INTO traceScore (id, traceSequence, criteria, score, details, createdAt)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          score.id.text, sequence, score.criteria, score.score, score.details.compact,
          Timestamp.text(of: score.createdAt),
        ]
      )
      return true
    }
  }
}

extension Database {
  /// The sequence number of a trace.
  func sequence(of id: Identifier<Trace>) throws -> Int64? {
    try Int64.fetchOne(self, sql: "SELECT sequence FROM trace WHERE id = ?", arguments: [id.text])
  }
}

extension TraceAnnotations {
  fileprivate init(_ db: Database, sequence: Int64) throws {
    let tags = try String.fetchAll(
      db,
      sql: "SELECT tag FROM traceTag WHERE traceSequence = ? ORDER BY tag",
      arguments: [sequence]
    )
    let archivedAt = try String.fetchOne(
      db,
      sql: "SELECT archivedAt FROM traceArchive WHERE traceSequence = ?",
      arguments: [sequence]
    )
    let labels = try Row.fetchAll(
      db,
      sql: "SELECT * FROM stepLabel WHERE traceSequence = ? ORDER BY step",
      arguments: [sequence]
    ).map(StepLabel.init(row:))
    let scores = try Row.fetchAll(
      db,
      sql: "SELECT * FROM traceScore WHERE traceSequence = ? ORDER BY sequence DESC LIMIT ?",
      arguments: [sequence, Limits.pageRows]
    ).map(TraceScore.init(row:))
    self.init(
      tags: tags,
      archivedAt: archivedAt.flatMap(Timestamp.date(from:)),
      labels: labels,
      scores: scores
    )
  }
}

extension StepLabel {
  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "stepLabel", id: "\(row["step"] as Int)")
    self = try reader.reading {
      StepLabel(
        step: row["step"],
        verdict: try reader.choice("verdict"),
        note: row["note"],
        createdAt: try reader.date("createdAt")
      )
    }
  }
}

extension TraceScore {
  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "traceScore", id: row["id"])
    self = try reader.reading {
      TraceScore(
        id: try reader.identifier("id"),
        criteria: row["criteria"],
        score: row["score"],
        details: try reader.json("details"),
        createdAt: try reader.date("createdAt")
      )
    }
  }
}
