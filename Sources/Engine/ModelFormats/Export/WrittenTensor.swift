import Files

/// A tensor as it is to stand in a new file, and where its values come from.
struct WrittenTensor: Hashable, Sendable {
  /// What is done to the values on the way.
  enum Change: Hashable, Sendable {
    /// Nothing.
    case none
    /// The rows of every head are put in the order of a Llama GGUF.
    case headOrder(HeadOrder)
    /// One is added to every value (Gemma's norm weights).
    case plusOne
    /// Rows become columns (GPT-2's linear layers).
    case transposed
  }

  /// Its name in the new file.
  let name: String
  /// Its name in the source.
  let sourceName: String
  /// Its shape in the new file, slowest dimension first.
  let shape: [Int]
  /// How its values are stored in the new file.
  let type: ElementType
  /// What is done to the values on the way.
  var change = Change.none

  /// How many bytes it takes in the new file.
  var byteCount: Int {
    shape.reduce(1, *) / type.valuesPerBlock * type.bytesPerBlock
  }
}

extension WrittenTensor {
  /// How many values are decoded at once; bounds the memory of an export (4 MB of floats).
  private static let chunkValues = 1 << 20

  /// Reads the tensor from its source piece by piece and writes it.
  func write(from source: any TensorSource, to writer: inout FileWriter) throws(FormatError) {
    if change == .transposed {
      return try write(try transposedValues(of: source), source.path, &writer)
    }
    let matrix = Matrix(shape)
    let step = max(1, Self.chunkValues / max(1, matrix.columns))
    var row = 0
    while row < matrix.rows {
      let rows = row..<min(matrix.rows, row + step)
      if canCopy(from: source) {
        try writer.put(try blocks(rows, of: source))
      } else {
        try write(try values(rows, matrix.columns, of: source), source.path, &writer)
      }
      row = rows.upperBound
    }
  }

  /// Whether the source keeps the tensor's values in the very blocks that are wanted.
  private func canCopy(from source: any TensorSource) -> Bool {
    change != .plusOne && source.blockType(of: sourceName) == type
  }

  /// The source's blocks of some rows of the new tensor, so that nothing is rounded twice.
  private func blocks(
    _ rows: Range<Int>,
    of source: any TensorSource
  ) throws(FormatError) -> [UInt8] {
    let bytesPerRow = byteCount / Matrix(shape).rows
    guard case .headOrder(let order) = change else {
      return try copied(rows, bytesPerRow, source)
    }
    var blocks: [UInt8] = []
    blocks.reserveCapacity(rows.count * bytesPerRow)
    for stored in rows {
      let row = order.row(storedAt: stored)
      blocks += try copied(row..<row + 1, bytesPerRow, source)
    }
    return blocks
  }

  private func copied(
    _ rows: Range<Int>,
    _ bytesPerRow: Int,
    _ source: any TensorSource
  ) throws(FormatError) -> [UInt8] {
    var blocks = [UInt8](repeating: 0, count: rows.count * bytesPerRow)
    var span = blocks.mutableSpan
    try source.copyBlocks(of: sourceName, rows, into: &span)
    return blocks
  }

  /// The values of some rows of the new tensor.
  private func values(
    _ rows: Range<Int>,
    _ columns: Int,
    of source: any TensorSource
  ) throws(FormatError) -> [Float] {
    guard case .headOrder(let order) = change else {
      var values = try [Float](count: rows.count * columns) { (span) throws(FormatError) in
        try source.decodeRows(of: sourceName, rows, into: &span)
      }
      if change == .plusOne {
        for i in values.indices { values[i] += 1 }
      }
      return values
    }
    var values: [Float] = []
    values.reserveCapacity(rows.count * columns)
    for stored in rows {
      let row = order.row(storedAt: stored)
      values += try [Float](count: columns) { (span) throws(FormatError) in
        try source.decodeRows(of: sourceName, row..<row + 1, into: &span)
      }
    }
    return values
  }

  private func transposedValues(of source: any TensorSource) throws(FormatError) -> [Float] {
    let given = try source.floats(of: sourceName)
    let (rows, columns) = (shape[0], shape[1])
    return [Float](count: given.count) { span in
      for row in 0..<rows {
        for column in 0..<columns { span[row * columns + column] = given[column * rows + row] }
      }
    }
  }

  private func write(
    _ values: [Float],
    _ path: String,
    _ writer: inout FileWriter
  ) throws(FormatError) {
    guard let bytes = Quantisation.encode(type, values) else {
      throw .unsupported(
        path: path,
        what: "tensor \(sourceName), which has values that are not finite or too large, as \(type)",
        supported: [ElementType.float32.rawValue]
      )
    }
    try writer.put(bytes)
  }
}
