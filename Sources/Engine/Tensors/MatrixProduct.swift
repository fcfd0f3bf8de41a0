internal import COneDNN

/// Whether a factor of a product is read as it lies or with rows and columns exchanged.
public enum Orientation: Sendable {
  /// As it lies in memory.
  case plain
  /// Rows and columns exchanged.
  case transposed

  var code: CChar { CChar(self == .plain ? UInt8(ascii: "N") : UInt8(ascii: "T")) }
}

/// Computes `c = scale * a b`, or `c += scale * a b`, in float32: the door to oneDNN.
///
/// Shapes after orientation: `a` is `[M, K]`, `b` is `[K, N]`, `c` is `[M, N]`. When `padsRows` is
/// true and `a` is plain, the product runs over ``RowBlocks/padded(_:)`` rows, so `a` and `c` must
/// be activations; what it writes beyond the last row is scratch. Complexity: `2 M N K` operations.
/// Traps when shapes do not fit. The oracle is ``multiplyReference(_:_:_:_:into:scale:accumulate:)``.
public func multiply(
  _ a: Matrix,
  _ aOrientation: Orientation = .plain,
  _ b: Matrix,
  _ bOrientation: Orientation = .plain,
  into c: Matrix,
  scale: Float = 1,
  accumulate: Bool = false,
  padsRows: Bool = false
) {
  let shape = productShape(a, aOrientation, b, bOrientation, c)
  guard shape.rows > 0, shape.columns > 0 else { return }
  var rows = shape.rows
  if padsRows {
    rows = RowBlocks.padded(rows)
    precondition(
      aOrientation == .plain && a.capacity >= rows && c.capacity >= rows,
      "a padded product needs room for \(rows) rows"
    )
  }
  let status = unsafe dnnl_sgemm(
    aOrientation.code,
    bOrientation.code,
    Int64(rows),
    Int64(shape.columns),
    Int64(shape.inner),
    scale,
    a.base,
    Int64(a.stride),
    b.base,
    Int64(b.stride),
    accumulate ? 1 : 0,
    c.base,
    Int64(c.stride)
  )
  precondition(status == dnnl_success, "oneDNN refused a \(shape) product: \(status.rawValue)")
}

/// The plain twin of ``multiply(_:_:_:_:into:scale:accumulate:padsRows:)``: three loops, sums in float64.
public func multiplyReference(
  _ a: Matrix,
  _ aOrientation: Orientation = .plain,
  _ b: Matrix,
  _ bOrientation: Orientation = .plain,
  into c: Matrix,
  scale: Float = 1,
  accumulate: Bool = false
) {
  let shape = productShape(a, aOrientation, b, bOrientation, c)
  for row in 0..<shape.rows {
    for column in 0..<shape.columns {
      var sum = 0.0
      for k in 0..<shape.inner {
        let left = aOrientation == .plain ? a[row, k] : a[k, row]
        let right = bOrientation == .plain ? b[k, column] : b[column, k]
        sum += Double(left) * Double(right)
      }
      c[row, column] = (accumulate ? c[row, column] : 0) + scale * Float(sum)
    }
  }
}

private struct ProductShape {
  let rows: Int
  let columns: Int
  let inner: Int
}

private func productShape(
  _ a: Matrix,
  _ aOrientation: Orientation,
  _ b: Matrix,
  _ bOrientation: Orientation,
  _ c: Matrix
) -> ProductShape {
  let (rows, inner) = aOrientation == .plain ? (a.rows, a.columns) : (a.columns, a.rows)
  let (innerB, columns) = bOrientation == .plain ? (b.rows, b.columns) : (b.columns, b.rows)
  precondition(
    inner == innerB && c.rows == rows && c.columns == columns,
    "a product of [\(rows), \(inner)] and [\(innerB), \(columns)] into [\(c.rows), \(c.columns)]"
  )
  return ProductShape(rows: rows, columns: columns, inner: inner)
}
