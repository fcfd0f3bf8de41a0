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
    return items.reduce(into: []) { $0 += row($1) }
  }

  /// One row of a format whose rows stand alone; empty for others.
  public func row(_ item: ExportItem) -> [UInt8] {
    if format == .csv { return CommaSeparated.row(item) }
    var writer = JSONWriter(.asciiEscaped, reserving: Self.usualRowBytes)
    ExportRow(item: item, options: options).write(format, to: &writer)
    return writer.bytes
  }

  /// Room that most rows need.
  private static let usualRowBytes = 2_048

  /// What stands after the rows.
  public mutating func end() -> [UInt8] { parquet?.end() ?? [] }
}
