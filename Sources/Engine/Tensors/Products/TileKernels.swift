/// A tile of a product: up to six rows of the left factor and where the sixteen outputs of each go.
@safe struct Tile {
  let a: UnsafePointer<Float>
  /// The distance of two rows.
  let aRow: Int
  /// The distance of two steps of k.
  let aStep: Int
  let c: UnsafeMutablePointer<Float>
  let cRow: Int
}

/// `c[r, 0..<16] (+)= sum over k of a[r, k] b[k, 0..<16]` in at most twelve accumulators.
///
/// Every sum is one chain of fused multiply-adds over k in order, from 0; with `accumulate` it is then
/// added to what `c` holds. It depends on its row and its column and on nothing else, whatever `rows` is.
@inline(__always)
private func tile(
  rows: Int,
  inner: Int,
  _ t: Tile,
  aRow: Int,
  aStep: Int,
  _ b: UnsafePointer<Float>,
  accumulate: Bool
) {
  let c = unsafe t.c
  let row = t.cRow
  var c0 = Lanes(repeating: 0)
  var c1 = c0
  var (d0, d1, e0, e1, f0, f1) = (c0, c0, c0, c0, c0, c0)
  var (g0, g1, h0, h1) = (c0, c0, c0, c0)
  var a = unsafe t.a
  var b = unsafe b
  for _ in 0..<inner {
    let b0 = unsafe load(b, 0)
    let b1 = unsafe load(b, 8)
    @inline(__always) func add(_ r: Int, _ x: inout Lanes, _ y: inout Lanes) {
      guard rows > r else { return }
      let factor = unsafe Lanes(repeating: a[r &* aRow])
      x.addProduct(factor, b0)
      y.addProduct(factor, b1)
    }
    add(0, &c0, &c1)
    add(1, &d0, &d1)
    add(2, &e0, &e1)
    add(3, &f0, &f1)
    add(4, &g0, &g1)
    add(5, &h0, &h1)
    unsafe a += aStep
    unsafe b += 16
  }
  @inline(__always) func put(_ r: Int, _ x: Lanes, _ y: Lanes) {
    guard rows > r else { return }
    let line = unsafe c + r &* row
    unsafe store(accumulate ? load(line, 0) + x : x, line, 0)
    unsafe store(accumulate ? load(line, 8) + y : y, line, 8)
  }
  put(0, c0, c1)
  put(1, d0, d1)
  put(2, e0, e1)
  put(3, f0, f1)
  put(4, g0, g1)
  put(5, h0, h1)
}

/// A tile of one to six rows whose left factor was packed: step after step, six values each.
func packedTile(
  rows: Int,
  inner: Int,
  _ t: Tile,
  _ b: UnsafePointer<Float>,
  accumulate: Bool
) {
  switch rows {
  case 1: unsafe tile(rows: 1, inner: inner, t, aRow: 1, aStep: 6, b, accumulate: accumulate)
  case 2: unsafe tile(rows: 2, inner: inner, t, aRow: 1, aStep: 6, b, accumulate: accumulate)
  case 3: unsafe tile(rows: 3, inner: inner, t, aRow: 1, aStep: 6, b, accumulate: accumulate)
  case 4: unsafe tile(rows: 4, inner: inner, t, aRow: 1, aStep: 6, b, accumulate: accumulate)
  case 5: unsafe tile(rows: 5, inner: inner, t, aRow: 1, aStep: 6, b, accumulate: accumulate)
  default: unsafe tile(rows: 6, inner: inner, t, aRow: 1, aStep: 6, b, accumulate: accumulate)
  }
}

/// A tile of one to six rows whose left factor is read where it lies.
func plainTile(
  rows: Int,
  inner: Int,
  _ t: Tile,
  _ b: UnsafePointer<Float>,
  accumulate: Bool
) {
  let (row, step) = (t.aRow, t.aStep)
  switch rows {
  case 1: unsafe tile(rows: 1, inner: inner, t, aRow: row, aStep: step, b, accumulate: accumulate)
  case 2: unsafe tile(rows: 2, inner: inner, t, aRow: row, aStep: step, b, accumulate: accumulate)
  case 3: unsafe tile(rows: 3, inner: inner, t, aRow: row, aStep: step, b, accumulate: accumulate)
  case 4: unsafe tile(rows: 4, inner: inner, t, aRow: row, aStep: step, b, accumulate: accumulate)
  case 5: unsafe tile(rows: 5, inner: inner, t, aRow: row, aStep: step, b, accumulate: accumulate)
  default: unsafe tile(rows: 6, inner: inner, t, aRow: row, aStep: step, b, accumulate: accumulate)
  }
}
