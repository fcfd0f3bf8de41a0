/// One tensor of a mapped file.
struct StoredTensor: Hashable, Sendable {
  let name: String
  /// Row-major, slowest first.
  let shape: [Int]
  let type: ElementType
  /// Where its bytes start, counted from the start of the file.
  let offset: Int
  let byteCount: Int

  var bytesPerRow: Int {
    Matrix(shape).columns / type.valuesPerBlock * type.bytesPerBlock
  }
}

/// The tensors of one mapped file.
///
/// Whoever makes it has checked that every tensor lies inside the file and that its rows are
/// whole blocks.
struct MappedTensors: Sendable {
  let file: MappedFile
  let tensors: [StoredTensor]
  private let index: [String: Int]

  init(file: MappedFile, tensors: [StoredTensor]) {
    self.file = file
    self.tensors = tensors
    index = Dictionary(
      tensors.enumerated().map { ($1.name, $0) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  func tensor(named name: String) -> StoredTensor? { index[name].map { tensors[$0] } }

  /// Decodes rows of the tensor; `order` says which stored row stands for which.
  func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    order: HeadOrder? = nil,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    let count = destination.count
    let tensor = try checked(name, rows, room: count) { Matrix($0.shape).columns }
    let bytesPerRow = tensor.bytesPerRow
    let file = file
    ConcurrentRows.fill(
      &destination,
      rows: rows.count,
      columns: Matrix(tensor.shape).columns,
      rowByRow: order != nil
    ) { part, span in
      let wanted = rows.lowerBound + part.lowerBound
      let stored = order?.storedRow(of: wanted) ?? wanted
      let start = tensor.offset + stored * bytesPerRow
      file.withBytes(start..<start + part.count * bytesPerRow) { bytes in
        Dequantisation.decode(tensor.type, bytes, into: &span)
      }
    }
  }

  /// Copies the blocks of rows of the tensor; `order` says which stored row stands for which.
  func copyBlocks(
    of name: String,
    _ rows: Range<Int>,
    order: HeadOrder? = nil,
    into destination: inout MutableSpan<UInt8>
  ) throws(FormatError) {
    let count = destination.count
    let tensor = try checked(name, rows, room: count) { $0.bytesPerRow }
    let bytesPerRow = tensor.bytesPerRow
    guard let order else {
      let start = tensor.offset + rows.lowerBound * bytesPerRow
      return file.copyBytes(start..<start + destination.count, into: &destination, at: 0)
    }
    for row in rows {
      let start = tensor.offset + order.storedRow(of: row) * bytesPerRow
      file.copyBytes(
        start..<start + bytesPerRow,
        into: &destination,
        at: (row - rows.lowerBound) * bytesPerRow
      )
    }
  }

  /// The tensor, which must have the rows; `room` must be exactly what they take.
  private func checked(
    _ name: String,
    _ rows: Range<Int>,
    room: Int,
    perRow: (StoredTensor) -> Int
  ) throws(FormatError) -> StoredTensor {
    guard let tensor = tensor(named: name) else {
      throw .missingTensor(path: file.path, name: name)
    }
    let all = Matrix(tensor.shape).rows
    guard rows.lowerBound >= 0, rows.upperBound <= all else {
      throw .wrongSize(name: name, expected: all, found: rows.upperBound)
    }
    let needed = rows.count * perRow(tensor)
    guard room == needed else { throw .wrongSize(name: name, expected: needed, found: room) }
    return tensor
  }
}

/// The order of q and k rows in a Llama GGUF.
///
/// Inside a head of `d` rows the file has 0, d/2, 1, d/2 + 1, …, made for rotating neighbours.
/// Everybody else keeps the halves together and rotates `(i, i + d/2)`.
struct HeadOrder: Hashable, Sendable {
  let headSize: Int

  /// Where the file keeps row `row` of the usual order.
  func storedRow(of row: Int) -> Int {
    let (head, place) = row.quotientAndRemainder(dividingBy: headSize)
    let (half, pair) = place.quotientAndRemainder(dividingBy: headSize / 2)
    return head * headSize + 2 * pair + half
  }

  /// Which row of the usual order the file keeps at `stored`: the inverse of `storedRow(of:)`.
  func row(storedAt stored: Int) -> Int {
    let (head, place) = stored.quotientAndRemainder(dividingBy: headSize)
    let (pair, half) = place.quotientAndRemainder(dividingBy: 2)
    return head * headSize + half * (headSize / 2) + pair
  }
}
