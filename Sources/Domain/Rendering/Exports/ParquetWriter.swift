/// Writes a table of flat columns as an Apache Parquet file, one row group at a time.
///
/// Format version 1: each row group has one data page (version 1) a column, plain-encoded and not
/// compressed; every column is optional, with its definition levels in the RLE/bit-packed hybrid.
/// The footer is Thrift's compact protocol. Sources: apache/parquet-format, `parquet.thrift`,
/// `Encodings.md` and Thrift's `thrift-compact-protocol.md`. Memory is that of one row group and of
/// what the footer says about the earlier ones.
struct ParquetWriter: Sendable {
  /// The kind of a column's values.
  enum Kind: Sendable {
    /// UTF-8 text.
    case text
    /// A whole number of 64 bits.
    case integer
  }

  /// One value of a row.
  enum Cell: Hashable, Sendable {
    case none
    case text(String)
    case integer(Int64)
  }

  struct Column: Sendable {
    let name: String
    let kind: Kind
  }

  /// What the footer says of a column's part of a row group.
  private struct Chunk {
    let offset: Int
    let byteCount: Int
    let valueCount: Int
  }

  private static let mark = Array("PAR1".utf8)

  private let columns: [Column]
  private var offset = 0
  private var groups: [(rowCount: Int, chunks: [Chunk])] = []

  init(columns: [Column]) {
    self.columns = columns
  }

  /// The bytes that begin a file.
  mutating func begin() -> [UInt8] {
    offset = Self.mark.count
    return Self.mark
  }

  /// A row group; each row has one cell a column.
  mutating func rowGroup(_ rows: [[Cell]]) -> [UInt8] {
    guard !rows.isEmpty else { return [] }
    var bytes: [UInt8] = []
    var chunks: [Chunk] = []
    for column in columns.indices {
      let start = bytes.count
      bytes += Self.page(rows.map { $0[column] })
      chunks.append(
        Chunk(
          offset: offset + start,
          byteCount: bytes.count - start,
          valueCount: rows.count
        )
      )
    }
    offset += bytes.count
    groups.append((rows.count, chunks))
    return bytes
  }

  /// The footer, which ends the file.
  mutating func end() -> [UInt8] {
    let footer = metadata()
    return footer + Self.littleEndian(UInt32(footer.count)) + Self.mark
  }
}

// MARK: - Pages

extension ParquetWriter {
  /// A data page: its header, the definition levels, the values that are there.
  private static func page(_ cells: [Cell]) -> [UInt8] {
    let levels = definitionLevels(cells)
    var content = littleEndian(UInt32(levels.count)) + levels
    for cell in cells {
      switch cell {
      case .none: break
      case .text(let text):
        content += littleEndian(UInt32(text.utf8.count))
        content += text.utf8
      case .integer(let number): content += littleEndian(UInt64(bitPattern: number))
      }
    }
    var header = CompactStruct()
    header.integer(1, 0)  // type: DATA_PAGE
    header.integer(2, content.count)  // uncompressed_page_size
    header.integer(3, content.count)  // compressed_page_size
    header.structure(5) { page in  // data_page_header
      page.integer(1, cells.count)  // num_values
      page.integer(2, 0)  // encoding: PLAIN
      page.integer(3, 3)  // definition_level_encoding: RLE
      page.integer(4, 3)  // repetition_level_encoding: RLE
    }
    return header.finished() + content
  }

  /// One bit a row, 1 where a value is there: runs of equal bits, each as twice its length and the
  /// bit in a byte of its own.
  private static func definitionLevels(_ cells: [Cell]) -> [UInt8] {
    var bytes: [UInt8] = []
    var place = 0
    while place < cells.count {
      let isThere = cells[place] != .none
      let end = cells[place...].firstIndex { ($0 != .none) != isThere } ?? cells.count
      bytes += variable(UInt64(end - place) << 1)
      bytes.append(isThere ? 1 : 0)
      place = end
    }
    return bytes
  }

  fileprivate static func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> Number(8 * $0)) }
  }

  /// A number in groups of seven bits, the lowest first (ULEB128).
  fileprivate static func variable(_ number: UInt64) -> [UInt8] {
    var rest = number
    var bytes: [UInt8] = []
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
    return bytes
  }
}

// MARK: - Footer

extension ParquetWriter {
  /// `FileMetaData`.
  private func metadata() -> [UInt8] {
    var file = CompactStruct()
    file.integer(1, 1)  // version
    file.structures(2, count: columns.count + 1) { place, element in  // schema
      schemaElement(place, &element)
    }
    file.long(3, groups.reduce(0) { $0 + $1.rowCount })  // num_rows
    file.structures(4, count: groups.count) { place, group in  // row_groups
      rowGroup(place, &group)
    }
    file.text(6, "tunix-rt")  // created_by
    return file.finished()
  }

  /// The root, then the columns.
  private func schemaElement(_ place: Int, _ element: inout CompactStruct) {
    guard place > 0 else {
      element.text(4, "schema")  // name
      element.integer(5, columns.count)  // num_children
      return
    }
    let column = columns[place - 1]
    element.integer(1, Self.type(column))  // type
    element.integer(3, 1)  // repetition_type: OPTIONAL
    element.text(4, column.name)  // name
    guard column.kind == .text else { return }
    element.integer(6, 0)  // converted_type: UTF8
    element.structure(10) { $0.structure(1) { _ in } }  // logicalType: STRING
  }

  private func rowGroup(_ place: Int, _ group: inout CompactStruct) {
    let (rowCount, chunks) = groups[place]
    group.structures(1, count: chunks.count) { column, chunk in  // columns
      chunk.long(2, chunks[column].offset)  // file_offset
      chunk.structure(3) { columnMetadata(columns[column], chunks[column], &$0) }  // meta_data
    }
    group.long(2, chunks.reduce(0) { $0 + $1.byteCount })  // total_byte_size
    group.long(3, rowCount)  // num_rows
  }

  private func columnMetadata(_ column: Column, _ chunk: Chunk, _ data: inout CompactStruct) {
    data.integer(1, Self.type(column))  // type
    data.integers(2, [0, 3])  // encodings: PLAIN, RLE
    data.texts(3, [column.name])  // path_in_schema
    data.integer(4, 0)  // codec: UNCOMPRESSED
    data.long(5, chunk.valueCount)  // num_values
    data.long(6, chunk.byteCount)  // total_uncompressed_size
    data.long(7, chunk.byteCount)  // total_compressed_size
    data.long(9, chunk.offset)  // data_page_offset
  }

  /// BYTE_ARRAY or INT64.
  private static func type(_ column: Column) -> Int { column.kind == .text ? 6 : 2 }
}

// MARK: - Thrift

/// A struct of Thrift's compact protocol; fields are written in the order of their numbers.
private struct CompactStruct {
  private var bytes: [UInt8] = []
  private var last = 0

  mutating func integer(_ field: Int, _ value: Int) {
    begin(field, type: 5)
    bytes += Self.zigzag(value)
  }

  mutating func long(_ field: Int, _ value: Int) {
    begin(field, type: 6)
    bytes += Self.zigzag(value)
  }

  mutating func text(_ field: Int, _ value: String) {
    begin(field, type: 8)
    append(value)
  }

  mutating func texts(_ field: Int, _ values: [String]) {
    list(field, of: 8, count: values.count)
    for value in values { append(value) }
  }

  mutating func integers(_ field: Int, _ values: [Int]) {
    list(field, of: 5, count: values.count)
    for value in values { bytes += Self.zigzag(value) }
  }

  mutating func structure(_ field: Int, _ body: (inout CompactStruct) -> Void) {
    begin(field, type: 12)
    nest(body)
  }

  mutating func structures(
    _ field: Int,
    count: Int,
    _ body: (Int, inout CompactStruct) -> Void
  ) {
    list(field, of: 12, count: count)
    for place in 0..<count { nest { body(place, &$0) } }
  }

  /// The struct with the byte that ends it.
  func finished() -> [UInt8] { bytes + [0] }

  private mutating func nest(_ body: (inout CompactStruct) -> Void) {
    var inner = CompactStruct()
    body(&inner)
    bytes += inner.finished()
  }

  private mutating func append(_ text: String) {
    bytes += ParquetWriter.variable(UInt64(text.utf8.count))
    bytes += text.utf8
  }

  private mutating func list(_ field: Int, of type: UInt8, count: Int) {
    begin(field, type: 9)
    if count < 15 {
      bytes.append(UInt8(count) << 4 | type)
    } else {
      bytes.append(0xF0 | type)
      bytes += ParquetWriter.variable(UInt64(count))
    }
  }

  /// A field's number as the step from the one before it.
  private mutating func begin(_ field: Int, type: UInt8) {
    precondition((1...15).contains(field - last), "fields are written in rising order")
    bytes.append(UInt8(field - last) << 4 | type)
    last = field
  }

  private static func zigzag(_ value: Int) -> [UInt8] {
    ParquetWriter.variable(UInt64(bitPattern: Int64(value << 1 ^ value >> 63)))
  }
}
