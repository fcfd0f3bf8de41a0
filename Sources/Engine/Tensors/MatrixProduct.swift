/// Whether a factor of a product is read as it lies or with rows and columns exchanged.
public enum Orientation: Sendable {
  /// As it lies in memory.
  case plain
  /// Rows and columns exchanged.
  case transposed
}

/// Computes `c = a (scale b)`, or `c += a (scale b)`, in float32.
///
/// Shapes after orientation: `a` is `[M, K]`, `b` is `[K, N]`, `c` is `[M, N]`. Every output is a sum over k
/// in a fixed order, so it depends on its row of `a` and its column of `b` alone (see `PanelProduct`).
/// Complexity: `2 M N K` operations. Traps when shapes do not fit. The oracle is
/// ``multiplyReference(_:_:_:_:into:scale:accumulate:)``.
public func multiply(
  _ a: Matrix,
  _ aOrientation: Orientation = .plain,
  _ b: Matrix,
  _ bOrientation: Orientation = .plain,
  into c: Matrix,
  scale: Float = 1,
  accumulate: Bool = false
) {
  let shape = productShape(a, aOrientation, b, bOrientation, c)
  let span = Profiling.beginProduct(
    rows: shape.rows,
    columns: shape.columns,
    inner: shape.inner
  )
  defer { Profiling.end(span) }
  if aOrientation == .transposed && bOrientation == .plain {
    for (x, h, isTurned) in [(a, b, false), (b, a, true)] where ThinProduct.suits(x: x, h: h) {
      let product = ThinProduct(
        x: x,
        h: h,
        scale: scale,
        c: c,
        isTurned: isTurned,
        accumulate: accumulate
      )
      return product.run()
    }
  }
  let isPlain = aOrientation == .plain
  let left = unsafe LeftFactor(
    a: UnsafePointer(a.base),
    aRow: isPlain ? a.stride : 1,
    aStep: isPlain ? 1 : a.stride,
    rows: shape.rows,
    inner: shape.inner
  )
  unsafe PanelProduct(
    left: left,
    source: MatrixPanels(b, bOrientation, scale: scale),
    c: c.base,
    cRow: c.stride,
    accumulate: accumulate
  ).run()
}

/// The plain twin of ``multiply(_:_:_:_:into:scale:accumulate:)``: three loops, sums in float64.
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
