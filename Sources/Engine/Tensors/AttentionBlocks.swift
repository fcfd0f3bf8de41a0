// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import Foundation

// The pieces that both directions of causal attention are made of. Letters: n length of a segment, D head
// size. Keys, values and their gradients lie in panels of sixteen columns, so that every product runs in the
// tiles of `TileKernels.swift`.

@inline(__always)
func roundedUp(_ value: Int, _ multiple: Int) -> Int {
  (value + multiple - 1) / multiple * multiple
}

/// Query rows of one head that are computed together: rows `start..<start + rows` of a segment.
///
/// Scores are lines of `width` values, one a row, indexed by position in the segment.
@safe struct QueryBlock {
  /// The most rows of a block: whole tiles, and few enough that their scores stay near.
  static let limit = 48
  private static let tile = 6

  let start: Int
  let rows: Int
  let window: Int?
  let width: Int

  /// The distance of two rows of scores of a segment: never a multiple of a page's lines, which would put all rows
  /// into the same few places of the first cache.
  static func width(_ n: Int) -> Int { roundedUp(n, 32) + 16 }

  /// The first position that is computed for any of the rows, a multiple of sixteen.
  var from: Int { windowStart(start, window) / 16 * 16 }
  /// The end of the positions that the rows see.
  var seen: Int { start + rows }

  /// The positions that a row sees.
  func positions(of row: Int) -> Range<Int> {
    windowStart(start + row, window)..<start + row + 1
  }

  /// Sets what a row does not see, up to the last column that a product may touch, to zero.
  func clearUnseen(_ line: UnsafeMutablePointer<Float>, _ row: Int) {
    let positions = positions(of: row)
    unsafe zero(line, from: from, to: positions.lowerBound)
    unsafe zero(line, from: positions.upperBound, to: roundedUp(seen, 16))
  }

  private func eachTile(_ body: (_ first: Int, _ count: Int, _ end: Int) -> Void) {
    for first in Swift.stride(from: 0, to: rows, by: Self.tile) {
      let count = min(Self.tile, rows - first)
      body(first, count, start + first + count)
    }
  }

  /// `scores = a b`: rows of `a`, `aRow` values apart, with a panel of `D` steps for every sixteen positions.
  ///
  /// Positions that no row of a tile sees are left as they are.
  func multiply(
    _ a: UnsafePointer<Float>,
    _ aRow: Int,
    _ panels: UnsafePointer<Float>,
    _ D: Int,
    into scores: UnsafeMutablePointer<Float>
  ) {
    eachTile { first, count, end in
      for position in Swift.stride(from: from, to: end, by: 16) {
        let c = unsafe scores + (first * width + position)
        let t = unsafe Tile(a: a + first * aRow, aRow: aRow, aStep: 1, c: c, cRow: width)
        unsafe plainTile(rows: count, inner: D, t, panels + position * D, accumulate: false)
      }
    }
  }

  /// `result = weights b`: `b` has `height` positions in panels of sixteen columns; a row of the result
  /// has `padded` values.
  func weigh(
    _ weights: UnsafePointer<Float>,
    _ panels: UnsafePointer<Float>,
    height: Int,
    padded: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    eachTile { first, count, end in
      let a = unsafe weights + (first * width + from)
      for column in Swift.stride(from: 0, to: padded, by: 16) {
        let c = unsafe result + (first * padded + column)
        let t = unsafe Tile(a: a, aRow: width, aStep: 1, c: c, cRow: padded)
        let b = unsafe panels + (column * height + 16 * from)
        unsafe plainTile(rows: count, inner: end - from, t, b, accumulate: false)
      }
    }
  }

  /// `target += weightsᵀ b` for the positions that the rows see; `b` holds the rows of the block in panels of
  /// sixteen columns, ``limit`` rows high.
  func addTurned(
    _ weights: UnsafePointer<Float>,
    _ panels: UnsafePointer<Float>,
    padded: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    for position in Swift.stride(from: from, to: seen, by: Self.tile) {
      let count = min(Self.tile, seen - position)
      let first = max(0, position - start)
      let a = unsafe weights + (first * width + position)
      for column in Swift.stride(from: 0, to: padded, by: 16) {
        let c = unsafe target + (position * padded + column)
        let t = unsafe Tile(a: a, aRow: 1, aStep: width, c: c, cRow: padded)
        let b = unsafe panels + (column * Self.limit + 16 * first)
        unsafe plainTile(rows: count, inner: rows - first, t, b, accumulate: true)
      }
    }
  }
}

/// The segment's query blocks in order.
func forEachQueryBlock(_ n: Int, window: Int?, _ body: (QueryBlock) -> Void) {
  let width = QueryBlock.width(n)
  for start in stride(from: 0, to: n, by: QueryBlock.limit) {
    let rows = min(QueryBlock.limit, n - start)
    body(QueryBlock(start: start, rows: rows, window: window, width: width))
  }
}

/// Copies a head's rows so that every panel holds sixteen positions, `D` steps each; times `scale`.
func copyPositions(
  _ rows: Matrix,
  scale: Float = 1,
  into target: UnsafeMutablePointer<Float>
) {
  let panels = MatrixPanels(rows, .transposed, scale: scale)
  for index in 0..<panels.panels {
    let panel = unsafe target + 16 * index * rows.columns
    unsafe panels.copy(index, steps: 0..<rows.columns, to: panel)
  }
}

/// Copies a head's rows so that every panel holds sixteen columns, one step a row, `height` rows apart; times
/// `scale`.
func copyColumns(
  _ rows: Matrix,
  scale: Float = 1,
  height: Int,
  into target: UnsafeMutablePointer<Float>
) {
  let panels = MatrixPanels(rows, .plain, scale: scale)
  for index in 0..<panels.panels {
    unsafe panels.copy(index, steps: 0..<rows.rows, to: target + 16 * index * height)
  }
}

/// Copies `D` values, times `scale`, out of a padded row.
@inline(__always)
func unpack(
  _ source: UnsafePointer<Float>,
  _ D: Int,
  _ scale: Float,
  into target: UnsafeMutablePointer<Float>
) {
  let whole = D / 8 * 8
  for d in stride(from: 0, to: whole, by: 8) {
    unsafe store(load(source, d) * Lanes(repeating: scale), target, d)
  }
  for d in whole..<D { unsafe target[d] = source[d] * scale }
}

@inline(__always)
func zero(_ line: UnsafeMutablePointer<Float>, from: Int, to: Int) {
  if from < to { unsafe (line + from).update(repeating: 0, count: to - from) }
}

/// Replaces scores by `exp(score - top)` and returns `top` and the sum.
///
/// Positions `range` count; what lies outside it in the same groups of eight becomes zero.
func softmaxInPlace(
  _ line: UnsafeMutablePointer<Float>,
  _ range: Range<Int>
) -> (top: Float, sum: Float) {
  let start = range.lowerBound / 8 * 8
  let whole = roundedUp(range.upperBound, 8)
  for index in start..<range.lowerBound { unsafe line[index] = -.infinity }
  for index in range.upperBound..<whole { unsafe line[index] = -.infinity }
  let top = unsafe maximum(line + start, whole - start)
  var sum = Lanes(repeating: 0)
  for index in stride(from: start, to: whole, by: 8) {
    let value = unsafe exponential(load(line, index) - top)
    unsafe store(value, line, index)
    sum += value
  }
  unsafe zero(line, from: start, to: range.lowerBound)
  unsafe zero(line, from: range.upperBound, to: whole)
  return (top, total(sum))
}

/// The first position that a row at `position` sees through a window of that many positions.
@inline(__always)
func windowStart(_ position: Int, _ window: Int?) -> Int {
  guard let window else { return 0 }
  return max(0, position + 1 - window)
}
