import Foundations
import Traces

/// The flat columns of a dataset, for tables.
enum TraceTable {
  /// A column's name and kind, and what a row has in it.
  struct Column: Sendable {
    let name: String
    let kind: ParquetWriter.Kind
    let cell: @Sendable (ExportItem) -> ParquetWriter.Cell
  }

  static let columns: [Column] = [
    Column(name: "position", kind: .integer) { .integer(Int64($0.position)) },
    text("trace_id") { $0.stored.id.text },
    text("content_hash") { $0.stored.contentHash.hex },
    text("split") { $0.split },
    text("group_key") { $0.groupKey },
    optional("category") { $0.stored.trace.category },
    optional("source") { $0.stored.trace.meta?["source"]?.string },
    optional("license") { $0.stored.trace.meta?["license"]?.string },
    text("trace_version") { $0.stored.trace.traceVersion },
    text("created_at") { Timestamp.text(of: $0.stored.createdAt) },
    text("prompt") { $0.stored.trace.prompt },
    text("response") { ReasoningStyle.numbered.body(of: $0.stored.trace) },
    text("final_answer") { $0.stored.trace.finalAnswer },
    Column(name: "step_count", kind: .integer) { .integer(Int64($0.stored.trace.steps.count)) },
    text("steps") { JSONValue($0.stored.trace.steps.map(\.json)).compact },
    optional("meta") { $0.stored.trace.meta?.compact },
    optional("context_messages") { item in
      let context = item.stored.trace.context
      return context.isEmpty ? nil : JSONValue(context.map(\.json)).compact
    },
  ]

  private static func text(
    _ name: String,
    _ cell: @escaping @Sendable (ExportItem) -> String
  ) -> Column {
    Column(name: name, kind: .text) { .text(cell($0)) }
  }

  private static func optional(
    _ name: String,
    _ cell: @escaping @Sendable (ExportItem) -> String?
  ) -> Column {
    Column(name: name, kind: .text) { cell($0).map { .text($0) } ?? .none }
  }
}

/// Rows of comma-separated values (RFC 4180): a head, CRLF after each row, quotes where needed.
///
/// An absent value is an empty field, an empty text a quoted one.
enum CommaSeparated {
  static func head() -> [UInt8] {
    Array((TraceTable.columns.map(\.name).joined(separator: ",") + "\r\n").utf8)
  }

  static func row(_ item: ExportItem) -> [UInt8] {
    var bytes: [UInt8] = []
    for (place, column) in TraceTable.columns.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      switch column.cell(item) {
      case .none: break
      case .integer(let number): bytes.append(utf8: String(number))
      case .text(let text): append(text, to: &bytes)
      }
    }
    bytes.append(utf8: "\r\n")
    return bytes
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let needsQuotes = text.utf8.contains { byte in
      byte == quote || byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
    }
    guard text.isEmpty || needsQuotes else { return bytes.append(utf8: text) }
    bytes.append(quote)
    for byte in text.utf8 {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }
}
