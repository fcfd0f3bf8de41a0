import Evaluation
public import Experiments
import Foundation
public import Foundations
import GRDB
import Judging

/// Which runs a list is about.
public struct RunQuery: Hashable, Sendable {
  /// Only runs of this kind.
  public var kind: RunKind?
  /// Only runs that stand here.
  public var state: RunState?
  /// Only runs on this dataset.
  public var datasetKey: String?
  /// The largest number of runs returned.
  public var limit: Int
  /// How many of the newest runs are passed over.
  public var offset: Int

  /// Asks for a page; the newest runs come first.
  public init(
    kind: RunKind? = nil,
    state: RunState? = nil,
    datasetKey: String? = nil,
    limit: Int = Limits.pageRows,
    offset: Int = 0
  ) {
    self.kind = kind
    self.state = state
    self.datasetKey = datasetKey
    self.limit = limit
    self.offset = offset
  }
}

extension DatabaseStore {
  /// Writes a run down.
  public func insert(run: Run) throws(PersistenceError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO run (id, createdAt, startedAt, completedAt, kind, status, message, datasetKey,
            datasetHash, model, baseRunID, specification, metrics)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          run.id.text, Timestamp.text(of: run.createdAt),
          run.startedAt.map(Timestamp.text(of:)), run.completedAt.map(Timestamp.text(of:)),
          run.specification.kind.rawValue, run.status.state.rawValue, run.status.message,
          run.specification.datasetKey, run.datasetHash.hex, run.specification.model,
          run.specification.baseRunID?.text, run.specification.json.compact,
          run.metrics?.compact,
        ]
      )
    }
  }

  /// Changes a run by an event in one transaction: reads it, lets the event decide, stores it.
  ///
  /// Items that are given are stored with it, all or none.
  @discardableResult
  public func update(
    run id: Identifier<Run>,
    items: [RunItem] = [],
    manifest: RunManifest? = nil,
    by event: (inout Run) throws -> Void
  ) throws -> Run {
    // The event's own error is what the caller has to see, not a failure of the database.
    var refusal: (any Error)?
    do {
      return try write { db in
        guard
          let row = try Row.fetchOne(
            db,
            sql: "SELECT * FROM run WHERE id = ?",
            arguments: [id.text]
          )
        else { throw PersistenceError.refused(reason: "there is no run \(id)") }
        var run = try Run(row: row)
        do { try event(&run) } catch {
          refusal = error
          throw error
        }
        try db.store(items, of: id)
        try db.store(run, manifest: manifest)
        return run
      }
    } catch {
      throw refusal ?? error
    }
  }

  /// The run of this name.
  public func run(_ id: Identifier<Run>) throws(PersistenceError) -> Run? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM run WHERE id = ?", arguments: [id.text])
        .map(Run.init(row:))
    }
  }

  /// What is needed to compute a run again; nil until it began.
  public func manifest(of id: Identifier<Run>) throws(PersistenceError) -> RunManifest? {
    try read { db in
      guard
        let row = try Row.fetchOne(
          db,
          sql: "SELECT id, manifest FROM run WHERE id = ?",
          arguments: [id.text]
        )
      else { return nil }
      let reader = RowReader(row, table: "run", id: id.text)
      return try reader.reading {
        try reader.optionalJSON("manifest").map { try RunManifest(json: $0) }
      }
    }
  }

  /// A page of runs, newest first.
  public func runs(_ query: RunQuery) throws(PersistenceError) -> [Run] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM run
          WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR status = ?2)
            AND (?3 IS NULL OR datasetKey = ?3)
          ORDER BY sequence DESC LIMIT ?4 OFFSET ?5
          """,
        arguments: [
          query.kind?.rawValue, query.state?.rawValue, query.datasetKey, query.limit,
          query.offset,
        ]
      ).map(Run.init(row:))
    }
  }

  /// How many runs there are.
  public func runCount() throws(PersistenceError) -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM run") ?? 0 }
  }

  /// The judged items of a run, in their order.
  public func items(of id: Identifier<Run>) throws(PersistenceError) -> [RunItem] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT * FROM runItem WHERE runID = ? ORDER BY position",
        arguments: [id.text]
      ).map(RunItem.init(row:))
    }
  }

  /// The names of runs that begin with `prefix`.
  public func runIDs(
    beginningWith prefix: String,
    limit: Int
  ) throws(PersistenceError) -> [Identifier<Run>] {
    try read { db in
      try db.texts(of: "id", in: "run", beginningWith: prefix, limit: limit)
        .compactMap { Identifier($0) }
    }
  }
}

extension Database {
  fileprivate func store(_ run: Run, manifest: RunManifest?) throws {
    try execute(
      sql: """
        UPDATE run SET status = ?, message = ?, startedAt = ?, completedAt = ?, metrics = ?,
          manifest = COALESCE(?, manifest)
        WHERE id = ?
        """,
      arguments: [
        run.status.state.rawValue, run.status.message, run.startedAt.map(Timestamp.text(of:)),
        run.completedAt.map(Timestamp.text(of:)), run.metrics?.compact, manifest?.json.compact,
        run.id.text,
      ]
    )
  }

  fileprivate func store(_ items: [RunItem], of id: Identifier<Run>) throws {
    let statement = try cachedStatement(
      sql: """
        INSERT INTO runItem (runID, position, traceID, category, prompt, expected, prediction,
          finishReason, promptTokens, newTokens, strict, lenient, rung, extracted, reason)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    )
    for (position, item) in items.enumerated() {
      try statement.execute(arguments: [
        id.text, position, item.itemID, item.category, item.prompt, item.expected,
        item.prediction, item.finishReason, item.promptTokens, item.newTokens,
        item.judgement.strict.rawValue, item.judgement.lenient.rawValue, item.judgement.rung,
        item.judgement.extracted, item.judgement.reason,
      ])
    }
  }
}

extension Run {
  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "run", id: row["id"])
    self = try reader.reading {
      Run(
        id: try reader.identifier("id"),
        specification: try RunSpecification(json: try reader.json("specification")),
        datasetHash: try reader.hash("datasetHash"),
        createdAt: try reader.date("createdAt"),
        status: RunStatus(state: try reader.choice("status"), message: row["message"]),
        startedAt: try reader.optionalDate("startedAt"),
        completedAt: try reader.optionalDate("completedAt"),
        metrics: try reader.optionalJSON("metrics")
      )
    }
  }
}

extension RunItem {
  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "runItem", id: row["traceID"])
    self.init(
      itemID: row["traceID"],
      category: row["category"],
      prompt: row["prompt"],
      expected: row["expected"],
      prediction: row["prediction"],
      finishReason: row["finishReason"],
      promptTokens: row["promptTokens"],
      newTokens: row["newTokens"],
      judgement: Judgement(
        strict: try reader.choice("strict"),
        lenient: try reader.choice("lenient"),
        rung: row["rung"],
        extracted: row["extracted"],
        reason: row["reason"]
      )
    )
  }
}
