/// A view of rows and columns onto a block of float32 values, row-major.
///
/// Copying a `Matrix` copies the view, not the values. Activations are made with
/// ``activation(rows:columns:)``, whose block has room for the padded rows of a bf16 product
/// (see ``RowBlocks``).
@safe public struct Matrix: Sendable {
  /// The block that holds the values.
  public let storage: FloatStorage
  /// Where the first value stands in the block.
  public let offset: Int
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The distance between the first values of two neighbouring rows.
  public let stride: Int

  /// A view onto part of a block; traps when the block is too small.
  public init(storage: FloatStorage, offset: Int = 0, rows: Int, columns: Int, stride: Int? = nil) {
    let step = stride ?? columns
    precondition(rows >= 0 && columns >= 0 && step >= columns, "a view of impossible shape")
    precondition(
      rows == 0 || offset + (rows - 1) * step + columns <= storage.count,
      "a view of \(rows) x \(columns) at \(offset) leaves its block of \(storage.count) values"
    )
    self.storage = storage
    self.offset = offset
    self.rows = rows
    self.columns = columns
    self.stride = step
  }

  /// A matrix of zeros with a block of its own.
  public init(rows: Int, columns: Int) {
    self.init(storage: FloatStorage(count: rows * columns), rows: rows, columns: columns)
  }

  /// A matrix with a block of its own that holds `values`, row after row.
  public init(rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == rows * columns, "\(values.count) values for \(rows) x \(columns)")
    self.init(rows: rows, columns: columns)
    unsafe values.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      unsafe base.update(from: start, count: values.count)
    }
  }

  /// A matrix of zeros whose block has room for the padded rows of a bf16 product.
  public static func activation(rows: Int, columns: Int) -> Matrix {
    let storage = FloatStorage(count: RowBlocks.padded(rows) * columns)
    return Matrix(storage: storage, rows: rows, columns: columns)
  }

  /// The same values, some of the rows.
  public func rowSlice(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    return Matrix(
      storage: storage,
      offset: offset + range.lowerBound * stride,
      rows: range.count,
      columns: columns,
      stride: stride
    )
  }

  /// The same values, some of the columns.
  public func columnSlice(_ range: Range<Int>) -> Matrix {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= columns,
      "columns \(range) of \(columns)"
    )
    return Matrix(
      storage: storage,
      offset: offset + range.lowerBound,
      rows: rows,
      columns: range.count,
      stride: stride
    )
  }

  /// The same block seen with another number of rows, as when a step has fewer tokens than the last.
  public func withRows(_ count: Int) -> Matrix {
    Matrix(storage: storage, offset: offset, rows: count, columns: columns, stride: stride)
  }

  /// The same place in another block of the same layout, as a parameter's gradient has it.
  public func seen(in other: FloatStorage) -> Matrix {
    Matrix(storage: other, offset: offset, rows: rows, columns: columns, stride: stride)
  }

  /// The values, row after row.
  public var values: [Float] {
    var result: [Float] = []
    result.reserveCapacity(rows * columns)
    for row in 0..<rows {
      for column in 0..<columns { result.append(self[row, column]) }
    }
    return result
  }

  /// One value.
  public subscript(row: Int, column: Int) -> Float {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
      return unsafe base[row * stride + column]
    }
    nonmutating set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
      unsafe base[row * stride + column] = newValue
    }
  }

  /// How many rows of this stride the block holds from this view's first value on.
  var capacity: Int {
    let left = storage.count - offset
    return left < columns ? 0 : (left - columns) / max(stride, 1) + 1
  }

  var base: UnsafeMutablePointer<Float> { unsafe storage.base + offset }

  func row(_ index: Int) -> UnsafeMutablePointer<Float> { unsafe base + index * stride }
}

/// The number of rows that oneDNN's bf16 product runs over: a few sizes only, so that a row's result does
/// not depend on how many other rows there are.
///
/// oneDNN's kernels give a row other bits at some numbers of rows; at 4, 12, 16, 24 and every multiple
/// of 48 a row is the same at every position and for one and two threads; ``probe(_:)`` checks it on the
/// CPU at hand. Products in f32 need no such sizes.
public enum RowBlocks {
  /// The smallest admitted number of rows that is at least `rows`.
  public static func padded(_ rows: Int) -> Int {
    for size in [4, 12, 16, 24] where rows <= size { return size }
    return (rows + 47) / 48 * 48
  }
}
