public import Datasets
import Foundation
public import Foundations
import Persistence
public import Traces

/// Everything that is done with datasets: freezing them, reading them, and checking them.
public struct DatasetLibrary: Sendable {
  let database: DatabaseStore
  let now: @Sendable () -> Date

  /// A page of datasets, the newest first.
  ///
  /// `cursor` is the `nextCursor` of the page before; it is steady while datasets are added, which
  /// an offset is not. `trace` asks for the datasets that hold it.
  public func page(
    name: String? = nil,
    holding trace: Identifier<Trace>? = nil,
    cursor: String? = nil,
    limit: Int = Limits.pageRows,
    offset: Int = 0
  ) throws -> DatasetPage {
    var query = DatasetQuery(name: name, trace: trace, limit: limit + 1, offset: offset)
    if let cursor { query.before = try DatasetCursor(cursor).place }
    let rows = try database.datasets(query)
    let shown = rows.prefix(limit)
    return DatasetPage(
      datasets: shown.map(\.dataset),
      nextCursor: rows.count > limit ? shown.last.map { DatasetCursor(place: $0.place).text } : nil
    )
  }

  /// The newest datasets.
  public func list(limit: Int = Limits.pageRows) throws -> [DatasetSummary] {
    try page(limit: limit).datasets
  }

  /// How many datasets there are, of one name or of all.
  public func count(name: String? = nil) throws -> Int {
    try database.datasetCount(DatasetQuery(name: name))
  }

  /// The dataset of a key.
  public func show(_ key: String) throws -> DatasetManifest {
    guard let dataset = try database.dataset(key: key) else { throw unknown(key) }
    return dataset
  }

  /// What lists show of a dataset: its manifest without the rows, which is read much sooner.
  public func summary(of key: String) throws -> DatasetSummary {
    guard let summary = try database.datasetSummary(key: key) else { throw unknown(key) }
    return summary
  }

  private func unknown(_ key: String) -> WorkspaceError {
    .unknown(noun: "dataset", name: key, hint: "see them with: tunix-rt dataset list")
  }

  /// What the checks of a dataset found.
  public func checks(of key: String) throws -> [DatasetCheck] {
    try database.checks(of: key)
  }

  /// The traces of one side of a dataset, in its order, or of all sides; each is checked against
  /// the content that was frozen.
  public func traces(of key: String, in split: DatasetSplit? = nil) throws -> [StoredTrace] {
    var pages = try rows(of: key, in: split)
    var traces: [StoredTrace] = []
    while let page = try pages.next() {
      traces += try page.mapInParallel { try $0.frozenTrace() }
    }
    return traces
  }

  /// A dataset's rows in its order, a page at a time.
  func rows(of key: String, in split: DatasetSplit?) throws -> DatasetRows {
    guard try database.hasDataset(key: key) else { throw unknown(key) }
    return DatasetRows(database: database, key: key, split: split)
  }
}

/// A page of a list of datasets.
public struct DatasetPage: Hashable, Sendable {
  /// The datasets, the newest first.
  public let datasets: [DatasetSummary]
  /// What asks for the next page; nil on the last one.
  public let nextCursor: String?
}

/// A place in the list of datasets, as a text that says nothing to others.
private struct DatasetCursor {
  let place: Int64

  init(place: Int64) {
    self.place = place
  }

  init(_ text: String) throws {
    guard let data = Data(base64Encoded: text),
      let place = Int64(String(decoding: data, as: UTF8.self).dropFirst(Self.mark.count)),
      data.starts(with: Self.mark.utf8)
    else { throw WorkspaceError.invalidCursor(text: text) }
    self.place = place
  }

  var text: String { Data("\(Self.mark)\(place)".utf8).base64EncodedString() }

  private static let mark = "dataset:"
}

/// The rows of a dataset, read a page at a time, so that memory stays bounded.
struct DatasetRows: Sendable {
  let database: DatabaseStore
  let key: String
  let split: DatasetSplit?
  private var position = 0
  private var isAtEnd = false

  init(database: DatabaseStore, key: String, split: DatasetSplit?) {
    self.database = database
    self.key = key
    self.split = split
  }

  /// The next rows; nil after the last one.
  mutating func next() throws -> [DatasetRow]? {
    if isAtEnd { return nil }
    let rows = try database.page(
      of: key,
      in: split,
      from: position,
      limit: Limits.datasetPageTraces
    )
    isAtEnd = rows.count < Limits.datasetPageTraces
    guard let last = rows.last else { return nil }
    position = last.position + 1
    return rows
  }
}

extension DatasetRow {
  /// The trace; throws where it is gone or not what was frozen.
  func frozenTrace() throws -> StoredTrace {
    guard let stored = try stored() else {
      throw DatasetError.traceMissing(id: traceID.text)
    }
    let found = stored.trace.contentHash
    guard found == frozenHash else {
      throw DatasetError.traceChanged(id: traceID.text, expected: frozenHash.hex, found: found.hex)
    }
    return stored
  }
}
