internal import Synchronization

/// A bf16 weight in oneDNN's blocked layout, one copy a direction; the second is made when a backward
/// product first asks for it.
final class LibraryWeight: Sendable {
  private let rounded: FactorStorage
  private let rows: Int
  private let columns: Int
  private let forward: PackedProducts
  private let backward: PackedProducts

  /// Reads the parts and rounds them.
  init(_ parts: [WeightPart], columns: Int) throws {
    rows = parts.reduce(0) { $0 + $1.rows }
    self.columns = columns
    rounded = FactorStorage(.bf16, count: rows * columns)
    var first = 0
    for part in parts {
      try rounded.fill(from: part, firstRow: first, columns: columns)
      first += part.rows
    }
    forward = PackedProducts(rounded, inner: columns, outer: rows, isTransposed: true)
    backward = PackedProducts(rounded, inner: rows, outer: columns, isTransposed: false)
  }

  func apply(_ x: Matrix, into y: Matrix, accumulate: Bool) throws(TensorError) {
    try forward.multiply(x, into: y, accumulate: accumulate)
  }

  func applyTransposed(_ dy: Matrix, into dx: Matrix, accumulate: Bool) throws(TensorError) {
    try backward.multiply(dy, into: dx, accumulate: accumulate)
  }

  func copyRow(_ row: Int, to target: UnsafeMutablePointer<Float>) {
    unsafe rounded.copyRow(row, columns: columns, to: target)
  }
}
