/// `c += scale xᵀ h` or `c += scale hᵀ x`, where `h` has few columns: the gradient of an adapter's matrices.
///
/// Shapes: `x` `[T, J]`, `h` `[T, R]`, `c` `[J, R]` or, turned, `[R, J]`. All of `x` is read once, in the order
/// in which it lies in memory: that is what such a product waits for. Rows are taken in blocks; a block's sum
/// is one chain of fused multiply-adds from 0, and blocks are added in order, whatever the threads.
@safe struct ThinProduct {
  /// Blocks of so many rows: their pages fit the first translation buffer.
  private static let blockRows = 48
  /// The most columns of `h`, and the fewest of `x`.
  private static let mostThin = 64
  private static let fewestWide = 96
  private static let tile = 6

  let x: Matrix
  let h: Matrix
  let scale: Float
  let c: Matrix
  let isTurned: Bool
  let accumulate: Bool

  static func suits(x: Matrix, h: Matrix) -> Bool {
    h.columns <= mostThin && x.columns >= fewestWide && x.rows >= blockRows
  }

  func run() {
    let parts = min(Threads.count, x.columns / Self.fewestWide)
    let height = roundedUp(h.columns, 16)
    let most = (x.columns + parts - 1) / parts
    unsafe parallelTasks(parts, scratch: (most + Self.blockRows) * height) { part, memory in
      let columns = x.columns * part / parts..<x.columns * (part + 1) / parts
      let sums = unsafe memory + Self.blockRows * height
      for first in stride(from: 0, to: x.rows, by: Self.blockRows) {
        let rows = first..<min(first + Self.blockRows, x.rows)
        unsafe add(rows, columns, memory, sums)
      }
      unsafe write(sums, columns)
    }
  }

  /// Adds one block of rows to the sums `[columns, R]` of this task; the first block sets them.
  private func add(
    _ rows: Range<Int>,
    _ columns: Range<Int>,
    _ panels: UnsafeMutablePointer<Float>,
    _ sums: UnsafeMutablePointer<Float>
  ) {
    let height = roundedUp(h.columns, 16)
    let part = h.rowSlice(rows)
    unsafe copyColumns(part, scale: scale, height: Self.blockRows, into: panels)
    let after = rows.upperBound..<min(rows.upperBound + Self.blockRows, x.rows)
    var ahead = unsafe RowsAhead(
      LeftFactor(
        a: x.base + columns.lowerBound,
        aRow: x.stride,
        aStep: 1,
        rows: x.rows,
        inner: columns.count
      ),
      after
    )
    let share = ahead.lines * Self.tile / columns.count + 1
    let source = unsafe x.row(rows.lowerBound)
    for column in stride(from: columns.lowerBound, to: columns.upperBound, by: Self.tile) {
      ahead.prefetch(share)
      let count = min(Self.tile, columns.upperBound - column)
      let line = unsafe sums + (column - columns.lowerBound) * height
      for thin in stride(from: 0, to: height, by: 16) {
        let c = unsafe line + thin
        let t = unsafe Tile(a: source + column, aRow: 1, aStep: x.stride, c: c, cRow: height)
        let b = unsafe panels + thin * Self.blockRows
        unsafe plainTile(
          rows: count,
          inner: rows.count,
          t,
          b,
          accumulate: rows.lowerBound > 0
        )
      }
    }
  }

  /// Writes the sums of some columns of `x`, or adds them.
  private func write(_ sums: UnsafeMutablePointer<Float>, _ columns: Range<Int>) {
    let height = roundedUp(h.columns, 16)
    let (along, across) = isTurned ? (1, c.stride) : (c.stride, 1)
    for column in columns {
      let line = unsafe sums + (column - columns.lowerBound) * height
      let target = unsafe c.base + column * along
      for thin in 0..<h.columns {
        let place = thin &* across
        unsafe target[place] = unsafe accumulate ? target[place] + line[thin] : line[thin]
      }
    }
  }
}
