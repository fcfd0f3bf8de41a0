public import Datasets
public import Foundations
import GRDB
public import Traces

extension DatabaseStore {
  /// Stores a frozen dataset with its items and checks in one transaction; it can never be changed.
  ///
  /// Throws where the key is taken.
  public func insert(
    dataset: DatasetManifest,
    checks: [DatasetCheck] = []
  ) throws(PersistenceError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO dataset (key, createdAt, contentHash, traceCount, manifest)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          dataset.datasetKey, Timestamp.text(of: dataset.createdAt), dataset.contentHash.hex,
          dataset.traceCount, dataset.text,
        ]
      )
      try db.insert(summary: dataset.summary, name: dataset.datasetName)
      try db.insert(items: dataset.items, of: dataset.datasetKey)
      let sources = dataset.sources.map(\.datasetKey) + [dataset.parentDatasetID].compactMap(\.self)
      for source in Set(sources) {
        try db.execute(
          sql: "INSERT INTO datasetSource (datasetKey, sourceKey) VALUES (?, ?)",
          arguments: [dataset.datasetKey, source]
        )
      }
      try db.save(checks: checks, of: dataset.datasetKey, at: dataset.createdAt)
    }
  }

  /// The dataset of this key; throws where its manifest is not what its hash says.
  public func dataset(key: String) throws(PersistenceError) -> DatasetManifest? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM dataset WHERE key = ?", arguments: [key])
        .map(DatasetManifest.init(row:))
    }
  }

  /// Whether there is a dataset of this key.
  public func hasDataset(key: String) throws(PersistenceError) -> Bool {
    try read { db in
      try Bool.fetchOne(
        db,
        sql: "SELECT EXISTS (SELECT 1 FROM dataset WHERE key = ?)",
        arguments: [key]
      ) ?? false
    }
  }

  /// The traces of a dataset from a place on, in its order, with what was frozen of each.
  ///
  /// A trace that is gone is nil.
  public func page(
    of key: String,
    in split: DatasetSplit?,
    from position: Int,
    limit: Int
  ) throws(PersistenceError) -> [DatasetRow] {
    try read { db in
      let side = split.map { "AND split = '\($0.rawValue)'" } ?? ""
      let statement = try db.cachedStatement(
        sql: """
          SELECT datasetItem.position, datasetItem.contentHash AS frozenHash, groupKey, split,
            datasetItem.traceID, trace.id, trace.createdAt, trace.contentHash, trace.payload
          FROM datasetItem LEFT JOIN trace ON trace.id = datasetItem.traceID
          WHERE datasetKey = ? AND position >= ? \(side) ORDER BY position LIMIT ?
          """
      )
      let cursor = try Row.fetchCursor(statement, arguments: [key, position, limit])
      var rows: [DatasetRow] = []
      while let row = try cursor.next() { rows.append(try DatasetRow(row: row)) }
      return rows
    }
  }
}

extension Database {
  fileprivate func insert(summary: DatasetSummary, name: String) throws {
    try execute(
      sql: """
        INSERT INTO datasetSummary (sequence, key, name, trainCount, testCount, document)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        lastInsertedRowID, summary.datasetKey, name, summary.trainCount, summary.testCount,
        summary.document.compact,
      ]
    )
  }

  fileprivate func insert(items: [DatasetItem], of key: String) throws {
    let statement = try makeStatement(
      sql: """
        INSERT INTO datasetItem (datasetKey, position, traceID, contentHash, groupKey, split)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    )
    for (position, item) in items.enumerated() {
      try statement.execute(arguments: [
        key, position, item.traceID.text, item.contentHash.hex, item.groupKey,
        item.split.rawValue,
      ])
    }
  }
}

/// One row of a dataset with its trace as it is stored now.
public struct DatasetRow: Hashable, Sendable {
  /// Its place in the dataset, from zero.
  public let position: Int
  /// Which trace.
  public let traceID: Identifier<Trace>
  /// The trace's content as it was frozen.
  public let frozenHash: ContentHash
  /// The problem that the trace solves.
  public let groupKey: String
  /// The side it stands on.
  public let split: DatasetSplit
  /// The trace's row as it stands; nil where it is gone.
  private let record: TraceRecord?

  /// Columns are read by their places in the statement of `page`: an export asks for every row.
  fileprivate init(row: Row) throws {
    let traceText: String = row[4]
    let reader = RowReader(row, table: "datasetItem", id: traceText)
    position = row[0]
    guard let frozenHash = ContentHash(hex: row[1]) else { throw reader.damage(of: "frozenHash") }
    self.frozenHash = frozenHash
    groupKey = row[2]
    guard let split = DatasetSplit(rawValue: row[3]) else { throw reader.damage(of: "split") }
    self.split = split
    guard let traceID = Identifier<Trace>(traceText) else { throw reader.damage(of: "traceID") }
    self.traceID = traceID
    record =
      (row[5] as String?).map { id in
        TraceRecord(id: id, createdAt: row[6], contentHash: row[7], payload: row[8])
      }
  }

  /// Reads the trace, on any thread; nil where it is gone.
  public func stored() throws(PersistenceError) -> StoredTrace? {
    try record?.stored()
  }
}

extension DatasetManifest {
  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "dataset", id: row["key"])
    self = try reader.reading { try DatasetManifest(json: try reader.json("manifest")) }
  }
}
