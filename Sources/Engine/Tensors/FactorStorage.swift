/// A factor of a product in the number format of the product, 64-byte aligned.
// Protected by the same rule as FloatStorage: one engine thread, disjoint rows.
@safe final class FactorStorage: @unchecked Sendable {
  let format: DataType
  let count: Int
  let base: UnsafeMutableRawPointer

  init(_ format: DataType, count: Int) {
    self.format = format
    self.count = count
    let bytes = count * format.sizeBytes + 128
    unsafe base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }

  deinit {
    unsafe base.deallocate()
  }

  /// Copies a float32 matrix, rounded to the format, into rows of `columns` values without gaps.
  func fill(from matrix: Matrix, rows: Int) {
    precondition(rows * matrix.columns <= count && rows <= matrix.capacity, "too little room")
    parallelRanges(rows, atLeast: 16) { range in
      for row in range {
        let source = unsafe matrix.row(row)
        switch format {
        case .f32: unsafe floats(row, matrix.columns).update(from: source, count: matrix.columns)
        case .bf16: unsafe Self.round(source, into: halves(row, matrix.columns), matrix.columns)
        }
      }
    }
  }

  /// Reads the rows of a part, rounded to the format, into the rows from `firstRow` on.
  func fill(from part: WeightPart, firstRow: Int, columns: Int) throws {
    let chunk = max(1, min(part.rows, 65_536 / max(columns, 1)))
    let block = FloatStorage(count: chunk * columns)
    for low in stride(from: 0, to: part.rows, by: chunk) {
      let range = low..<min(low + chunk, part.rows)
      try block.withMutableSpan(0..<range.count * columns) { try part.floats(range, &$0) }
      let start = firstRow + low
      for row in 0..<range.count {
        let source = unsafe block.base + row * columns
        switch format {
        case .f32: unsafe floats(start + row, columns).update(from: source, count: columns)
        case .bf16: unsafe Self.round(source, into: halves(start + row, columns), columns)
        }
      }
    }
  }

  /// Copies one row of `columns` values, widened to float32.
  func copyRow(_ row: Int, columns: Int, to target: UnsafeMutablePointer<Float>) {
    switch format {
    case .f32: unsafe target.update(from: floats(row, columns), count: columns)
    case .bf16:
      let source = unsafe halves(row, columns)
      for column in 0..<columns {
        unsafe target[column] = BrainFloat.value(of: source[column])
      }
    }
  }

  private func floats(_ row: Int, _ columns: Int) -> UnsafeMutablePointer<Float> {
    unsafe base.assumingMemoryBound(to: Float.self) + row * columns
  }

  private func halves(_ row: Int, _ columns: Int) -> UnsafeMutablePointer<UInt16> {
    unsafe base.assumingMemoryBound(to: UInt16.self) + row * columns
  }

  private static func round(
    _ source: UnsafeMutablePointer<Float>,
    into target: UnsafeMutablePointer<UInt16>,
    _ count: Int
  ) {
    for index in 0..<count { unsafe target[index] = BrainFloat.bits(of: source[index]) }
  }
}

extension DataType {
  /// The bytes of one value.
  var sizeBytes: Int { self == .f32 ? 4 : 2 }
}
