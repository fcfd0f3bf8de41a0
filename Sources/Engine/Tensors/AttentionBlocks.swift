// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import Foundation

// The pieces that both directions of attention are made of. Blocks have eight query rows.

@inline(__always)
func roundedUp(_ value: Int, _ multiple: Int) -> Int {
  (value + multiple - 1) / multiple * multiple
}

/// Copies `n` rows of `D` values, times `scale`, to rows of `padded` values; the rest becomes zero.
func pack(
  _ source: UnsafeMutablePointer<Float>,
  _ step: Int,
  _ n: Int,
  _ D: Int,
  _ padded: Int,
  _ scale: Float,
  into target: UnsafeMutablePointer<Float>
) {
  let whole = D / 8 * 8
  for row in 0..<n {
    for d in stride(from: 0, to: whole, by: 8) {
      unsafe store(load(source, row * step + d) * scale, target, row * padded + d)
    }
    for d in whole..<D { unsafe target[row * padded + d] = source[row * step + d] * scale }
    unsafe zero(target + row * padded, from: D, to: padded)
  }
}

/// As `pack`, for one block of query rows; rows beyond `live` become zero.
func packBlock(
  _ source: UnsafeMutablePointer<Float>,
  _ step: Int,
  _ live: Int,
  _ D: Int,
  _ padded: Int,
  _ scale: Float,
  into target: UnsafeMutablePointer<Float>
) {
  unsafe pack(source, step, live, D, padded, scale, into: target)
  unsafe (target + live * padded).update(repeating: 0, count: (8 - live) * padded)
}

/// Copies the `D` values of a row of scratch out, times `scale`.
@inline(__always)
func unpack(
  _ source: UnsafeMutablePointer<Float>,
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

/// Writes `n` rows of `D` values as `D` rows of `width`; columns from `n` on become zero.
func transpose(
  _ source: UnsafeMutablePointer<Float>,
  _ step: Int,
  _ n: Int,
  _ D: Int,
  into target: UnsafeMutablePointer<Float>,
  _ width: Int
) {
  for d in 0..<D {
    let line = unsafe target + d * width
    for row in 0..<n { unsafe line[row] = source[row * step + d] }
    unsafe (line + n).update(repeating: 0, count: width - n)
  }
}

/// `scores[8, from..<until] = a[8, 0..<D] b[D, width]`, computed up to the next multiple of sixteen.
///
/// Rows of `a` have `padded` values; `from` is a multiple of sixteen.
func blockScores(
  _ a: UnsafeMutablePointer<Float>,
  _ b: UnsafeMutablePointer<Float>,
  _ D: Int,
  _ padded: Int,
  _ width: Int,
  _ from: Int,
  until: Int,
  into scores: UnsafeMutablePointer<Float>
) {
  let lower = unsafe a + 4 * padded
  for j in stride(from: from, to: until, by: 16) {
    unsafe product4x16(inner: D, a, padded, 1, b + j, width, scores + j, width)
    unsafe product4x16(inner: D, lower, padded, 1, b + j, width, scores + 4 * width + j, width)
  }
}

/// `result[8, D] = weights[8, 0..<inner] rows[inner, D]`.
func blockTimesRows(
  _ weights: UnsafeMutablePointer<Float>,
  _ width: Int,
  _ rows: UnsafeMutablePointer<Float>,
  _ D: Int,
  _ inner: Int,
  into result: UnsafeMutablePointer<Float>
) {
  for d in stride(from: 0, to: D, by: 16) {
    unsafe product4x16(inner: inner, weights, width, 1, rows + d, D, result + d, D)
    unsafe product4x16(
      inner: inner,
      weights + 4 * width,
      width,
      1,
      rows + d,
      D,
      result + 4 * D + d,
      D
    )
  }
}

/// Sets values `from..<to` of a line to zero.
@inline(__always)
func zero(_ line: UnsafeMutablePointer<Float>, from: Int, to: Int) {
  if from < to { unsafe (line + from).update(repeating: 0, count: to - from) }
}

/// Replaces the scores `low..<count` by `exp(score - top)`, and those around them, between multiples
/// of eight, by zero; returns the top and the sum.
///
/// The line must have room for a whole number of vectors.
func softmaxInPlace(
  _ line: UnsafeMutablePointer<Float>,
  from low: Int = 0,
  _ count: Int
) -> (Float, Float) {
  let start = low / 8 * 8
  let whole = roundedUp(count, 8)
  for index in start..<low { unsafe line[index] = -.infinity }
  for index in count..<whole { unsafe line[index] = -.infinity }
  let top = unsafe maximum(line + start, whole - start)
  var sum = Lanes(repeating: 0)
  for index in stride(from: start, to: whole, by: 8) {
    let value = unsafe exponential(load(line, index) - top)
    unsafe store(value, line, index)
    sum += value
  }
  unsafe zero(line, from: start, to: low)
  unsafe zero(line, from: count, to: whole)
  return (top, total(sum))
}

/// The first position that a window of `window` positions ending at `position` holds.
@inline(__always)
func windowStart(_ position: Int, _ window: Int?) -> Int {
  guard let window else { return 0 }
  return max(0, position + 1 - window)
}
