import Foundations

/// Writes a dataset's rows in a format, piece by piece: the begin, rows as often as wanted, the end.
public struct ExportWriter: Sendable {
  /// The format.
  public let format: ExportFormat
  private let options: ExportOptions
  private var parquet: ParquetWriter?

  /// A writer of one export.
  public init(_ format: ExportFormat, options: ExportOptions = ExportOptions()) {
    self.format = format
    self.options = options
    if format == .parquet {
      parquet = ParquetWriter(
        columns: TraceTable.columns.map { ParquetWriter.Column(name: $0.name, kind: $0.kind) }
      )
    }
  }

  /// What stands before the rows.
  public mutating func begin() -> [UInt8] {
    if format == .csv { return CommaSeparated.head() }
    return parquet?.begin() ?? []
  }

  /// Some rows.
  public mutating func write(_ items: [ExportItem]) -> [UInt8] {
    if parquet != nil {
      let rows = items.map { item in TraceTable.columns.map { $0.cell(item) } }
      return parquet?.rowGroup(rows) ?? []
    }
    var bytes: [UInt8] = []
    for item in items {
      if format == .csv {
        CommaSeparated.append(item, to: &bytes)
      } else if let row = ExportRow(item: item, options: options).json(format) {
        bytes.append(contentsOf: row.asciiEscaped.utf8)
        bytes.append(0x0A)
      }
    }
    return bytes
  }

  /// What stands after the rows.
  public mutating func end() -> [UInt8] { parquet?.end() ?? [] }
}
