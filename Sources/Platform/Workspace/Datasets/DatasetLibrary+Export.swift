public import Datasets
import Files
public import Foundation
import Persistence
public import Rendering
import Traces

extension DatasetLibrary {
  /// Opens a dataset's rows as a stream of bytes in some format; the same dataset always gives the
  /// same bytes.
  public func export(
    _ key: String,
    as format: ExportFormat,
    in split: DatasetSplit? = nil,
    options: ExportOptions = ExportOptions()
  ) throws -> DatasetExport {
    export(try summary(of: key), as: format, in: split, options: options)
  }

  /// Opens the rows of a dataset that was found before.
  public func export(
    _ dataset: DatasetSummary,
    as format: ExportFormat,
    in split: DatasetSplit? = nil,
    options: ExportOptions = ExportOptions()
  ) -> DatasetExport {
    DatasetExport(
      writer: ExportWriter(format, options: options),
      rows: DatasetRows(database: database, key: dataset.datasetKey, split: split)
    )
  }

  /// One row of a dataset: the `index`-th of all, or of one side, from zero.
  public func row(
    of key: String,
    at index: Int,
    in split: DatasetSplit? = nil
  ) throws -> ExportItem {
    let dataset = try show(key)
    let places = dataset.items.indices.filter {
      split == nil || dataset.items[$0].split == split
    }
    guard places.indices.contains(index),
      let row = try database.page(of: key, in: nil, from: places[index], limit: 1).first
    else {
      throw WorkspaceError.noSuchRow(dataset: key, index: index, count: places.count)
    }
    return try row.exportItem()
  }
}

extension DatasetRow {
  /// The row with its trace; throws where that is gone or changed.
  fileprivate func exportItem() throws -> ExportItem {
    ExportItem(
      stored: try frozenTrace(),
      position: position,
      split: split.rawValue,
      groupKey: groupKey
    )
  }
}

/// A dataset on its way out: bytes in pieces of bounded size, in order.
///
/// Every trace is checked against what was frozen; the stream throws at the first that differs.
public struct DatasetExport: Sendable {
  private var writer: ExportWriter
  private var rows: DatasetRows
  private var hasBegun = false
  private var hasEnded = false

  init(writer: ExportWriter, rows: DatasetRows) {
    self.writer = writer
    self.rows = rows
  }

  /// The format.
  public var format: ExportFormat { writer.format }

  /// The next bytes, never empty; nil at the end.
  public mutating func next() throws -> [UInt8]? {
    while !hasEnded {
      let bytes = try piece()
      if !bytes.isEmpty { return bytes }
    }
    return nil
  }

  /// Writes what is left of the stream to a file, which is there whole or not at all; gives its
  /// size in bytes.
  public mutating func write(to file: URL) throws -> Int {
    var export = self
    defer { self = export }
    return try AtomicFile.writing(to: file) { writer in
      while let bytes = try export.next() { try writer.write(bytes) }
      return writer.byteCount
    }
  }

  private mutating func piece() throws -> [UInt8] {
    if !hasBegun {
      hasBegun = true
      return writer.begin()
    }
    guard let page = try rows.next() else {
      hasEnded = true
      return writer.end()
    }
    // Reading and hashing the traces is most of the work, then writing them, where rows stand alone.
    guard writer.format.hasSeparateRows else {
      return writer.write(try page.mapInParallel { try $0.exportItem() })
    }
    let pieces = try page.mapInParallel { [writer] in writer.row(try $0.exportItem()) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
    for piece in pieces { bytes += piece }
    return bytes
  }
}
