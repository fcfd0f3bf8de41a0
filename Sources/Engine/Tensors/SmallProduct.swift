/// `c[r, 0..<16] = sum over k of a[r, k] * b[k, 0..<16]` for four rows, in eight accumulators.
///
/// `a` is read with two strides, so that either orientation fits; `b` and `c` are row-major.
/// One row's sum runs over k in order: it depends on nothing but that row.
@inline(__always)
func product4x16(
  inner: Int,
  _ a: UnsafePointer<Float>,
  _ aRow: Int,
  _ aColumn: Int,
  _ b: UnsafePointer<Float>,
  _ bRow: Int,
  _ c: UnsafeMutablePointer<Float>,
  _ cRow: Int
) {
  var c00 = Lanes(repeating: 0)
  var c01 = c00
  var c10 = c00
  var c11 = c00
  var c20 = c00
  var c21 = c00
  var c30 = c00
  var c31 = c00
  for k in 0..<inner {
    let b0 = unsafe load(b, k * bRow)
    let b1 = unsafe load(b, k * bRow + 8)
    let column = unsafe a + k * aColumn
    let a0 = unsafe Lanes(repeating: column[0])
    let a1 = unsafe Lanes(repeating: column[aRow])
    let a2 = unsafe Lanes(repeating: column[2 * aRow])
    let a3 = unsafe Lanes(repeating: column[3 * aRow])
    c00.addProduct(a0, b0)
    c01.addProduct(a0, b1)
    c10.addProduct(a1, b0)
    c11.addProduct(a1, b1)
    c20.addProduct(a2, b0)
    c21.addProduct(a2, b1)
    c30.addProduct(a3, b0)
    c31.addProduct(a3, b1)
  }
  unsafe store(c00, c, 0)
  unsafe store(c01, c, 8)
  unsafe store(c10, c, cRow)
  unsafe store(c11, c, cRow + 8)
  unsafe store(c20, c, 2 * cRow)
  unsafe store(c21, c, 2 * cRow + 8)
  unsafe store(c30, c, 3 * cRow)
  unsafe store(c31, c, 3 * cRow + 8)
}

/// `c[j, 0..<width] += sum over r < 8 of a[r, j] * b[r, 0..<width]` for `j < rows`; width is a multiple of 8.
@inline(__always)
func addOuterProducts8(
  rows: Int,
  width: Int,
  _ a: UnsafePointer<Float>,
  _ aRow: Int,
  _ b: UnsafePointer<Float>,
  _ bRow: Int,
  _ c: UnsafeMutablePointer<Float>,
  _ cRow: Int
) {
  for j in 0..<rows {
    let a0 = unsafe Lanes(repeating: a[j])
    let a1 = unsafe Lanes(repeating: a[j + aRow])
    let a2 = unsafe Lanes(repeating: a[j + 2 * aRow])
    let a3 = unsafe Lanes(repeating: a[j + 3 * aRow])
    let a4 = unsafe Lanes(repeating: a[j + 4 * aRow])
    let a5 = unsafe Lanes(repeating: a[j + 5 * aRow])
    let a6 = unsafe Lanes(repeating: a[j + 6 * aRow])
    let a7 = unsafe Lanes(repeating: a[j + 7 * aRow])
    let target = unsafe c + j * cRow
    var d = 0
    while d < width {
      var sum = unsafe load(target, d)
      unsafe sum.addProduct(a0, load(b, d))
      unsafe sum.addProduct(a1, load(b, d + bRow))
      unsafe sum.addProduct(a2, load(b, d + 2 * bRow))
      unsafe sum.addProduct(a3, load(b, d + 3 * bRow))
      unsafe sum.addProduct(a4, load(b, d + 4 * bRow))
      unsafe sum.addProduct(a5, load(b, d + 5 * bRow))
      unsafe sum.addProduct(a6, load(b, d + 6 * bRow))
      unsafe sum.addProduct(a7, load(b, d + 7 * bRow))
      unsafe store(sum, target, d)
      d += 8
    }
  }
}
