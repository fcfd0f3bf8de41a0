public import Datasets
public import Foundation
public import Foundations
import GRDB
public import Traces

/// Which datasets a list is about, and which page of it.
public struct DatasetQuery: Hashable, Sendable {
  /// Only datasets of this name.
  public var name: String?
  /// Only datasets that hold this trace.
  public var trace: Identifier<Trace>?
  /// Only datasets that are older than this place of an earlier page.
  public var before: Int64?
  /// The largest number of datasets returned.
  public var limit: Int
  /// How many of the newest datasets are passed over.
  public var offset: Int

  /// Asks for a page; the newest datasets come first.
  public init(
    name: String? = nil,
    trace: Identifier<Trace>? = nil,
    before: Int64? = nil,
    limit: Int = Limits.pageRows,
    offset: Int = 0
  ) {
    self.name = name
    self.trace = trace
    self.before = before
    self.limit = limit
    self.offset = offset
  }
}

extension DatabaseStore {
  /// A page of datasets, newest first, with the place of each.
  public func datasets(
    _ query: DatasetQuery
  ) throws(PersistenceError) -> [(place: Int64, dataset: DatasetSummary)] {
    try read { db in
      let (condition, arguments) = query.condition
      return try Row.fetchAll(
        db,
        sql: """
          \(DatasetSummary.selection) \(condition)
          ORDER BY datasetSummary.sequence DESC LIMIT ? OFFSET ?
          """,
        arguments: arguments + [query.limit, query.offset]
      ).map { (place: $0["sequence"], dataset: try DatasetSummary(row: $0)) }
    }
  }

  /// What lists show of a dataset; nil where there is none of this key.
  public func datasetSummary(key: String) throws(PersistenceError) -> DatasetSummary? {
    try read { db in
      try Row.fetchOne(
        db,
        sql: "\(DatasetSummary.selection) WHERE datasetSummary.key = ?",
        arguments: [key]
      ).map(DatasetSummary.init(row:))
    }
  }

  /// How many datasets there are of this kind; the query's page does not matter.
  public func datasetCount(
    _ query: DatasetQuery = DatasetQuery()
  ) throws(PersistenceError) -> Int {
    var query = query
    query.before = nil
    let (condition, arguments) = query.condition
    return try read { db in
      try Int.fetchOne(
        db,
        sql: "SELECT COUNT(*) FROM datasetSummary \(condition)",
        arguments: arguments
      ) ?? 0
    }
  }

  /// The keys of the datasets that a dataset was made of; they need not be here.
  public func sources(of key: String) throws(PersistenceError) -> [String] {
    try read { db in
      try String.fetchAll(
        db,
        sql: "SELECT sourceKey FROM datasetSource WHERE datasetKey = ? ORDER BY sourceKey LIMIT ?",
        arguments: [key, Limits.largestPageRows]
      )
    }
  }

  /// The keys of the datasets that were made of a dataset.
  public func derivations(of key: String) throws(PersistenceError) -> [String] {
    try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT datasetKey FROM datasetSource WHERE sourceKey = ? ORDER BY datasetKey LIMIT ?
          """,
        arguments: [key, Limits.largestPageRows]
      )
    }
  }

  /// The rows of datasets that hold a trace: key, side and frozen hash, the newest dataset first.
  public func holdings(
    of trace: Identifier<Trace>,
    limit: Int
  ) throws(PersistenceError) -> [(datasetKey: String, position: Int, split: DatasetSplit)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT datasetKey, position, split FROM datasetItem
          JOIN dataset ON dataset.key = datasetKey
          WHERE traceID = ? ORDER BY dataset.sequence DESC LIMIT ?
          """,
        arguments: [trace.text, limit]
      ).map { row in
        let reader = RowReader(row, table: "datasetItem", id: trace.text)
        return (row["datasetKey"], row["position"], try reader.choice("split"))
      }
    }
  }

  /// The checks that were run on a dataset, by what they look for.
  public func checks(of key: String) throws(PersistenceError) -> [DatasetCheck] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT * FROM datasetCheck WHERE datasetKey = ? ORDER BY kind LIMIT ?",
        arguments: [key, Limits.pageRows]
      ).compactMap { row in
        DatasetCheck(json: try RowReader(row, table: "datasetCheck", id: key).json("document"))
      }
    }
  }

  /// Keeps what checks of a dataset found, in the place of what they found before.
  public func save(
    checks: [DatasetCheck],
    of key: String,
    at time: Date
  ) throws(PersistenceError) {
    try write { try $0.save(checks: checks, of: key, at: time) }
  }
}

extension Database {
  func save(checks: [DatasetCheck], of key: String, at time: Date) throws {
    for check in checks {
      try execute(
        sql: """
          INSERT INTO datasetCheck (datasetKey, kind, createdAt, document) VALUES (?, ?, ?, ?)
          ON CONFLICT (datasetKey, kind) DO UPDATE SET createdAt = excluded.createdAt,
            document = excluded.document
          """,
        arguments: [key, check.kind.rawValue, Timestamp.text(of: time), check.json.compact]
      )
    }
  }
}

extension DatasetQuery {
  fileprivate var condition: (sql: String, arguments: StatementArguments) {
    var clauses: [String] = []
    var arguments = StatementArguments()
    if let name {
      clauses.append("datasetSummary.name = ?")
      arguments += [name]
    }
    if let trace {
      clauses.append("datasetSummary.key IN (SELECT datasetKey FROM datasetItem WHERE traceID = ?)")
      arguments += [trace.text]
    }
    if let before {
      clauses.append("datasetSummary.sequence < ?")
      arguments += [before]
    }
    return (clauses.isEmpty ? "" : "WHERE " + clauses.joined(separator: " AND "), arguments)
  }
}

extension DatasetSummary {
  fileprivate static let selection = """
    SELECT datasetSummary.*, dataset.createdAt, dataset.contentHash, dataset.traceCount
    FROM datasetSummary JOIN dataset USING (sequence)
    """

  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "datasetSummary", id: row["key"])
    self.init(
      datasetKey: row["key"],
      createdAt: try reader.date("createdAt"),
      contentHash: try reader.hash("contentHash"),
      traceCount: row["traceCount"],
      trainCount: row["trainCount"],
      testCount: row["testCount"],
      head: try reader.json("document")
    )
  }
}
