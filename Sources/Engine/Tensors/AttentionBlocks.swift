// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import Foundation

// The pieces that both directions of attention are made of. Blocks have eight query rows.

@inline(__always)
func roundedUp(_ value: Int, _ multiple: Int) -> Int {
  (value + multiple - 1) / multiple * multiple
}

/// Copies `n` rows of `D` values, times `scale`, one after another.
func pack(
  _ source: UnsafeMutablePointer<Float>,
  _ step: Int,
  _ n: Int,
  _ D: Int,
  _ scale: Float,
  into target: UnsafeMutablePointer<Float>
) {
  for row in 0..<n {
    for d in stride(from: 0, to: D, by: 8) {
      unsafe store(load(source, row * step + d) * scale, target, row * D + d)
    }
  }
}

/// As `pack`, for one block of query rows; rows beyond `live` become zero.
func packBlock(
  _ source: UnsafeMutablePointer<Float>,
  _ step: Int,
  _ live: Int,
  _ D: Int,
  _ scale: Float,
  into target: UnsafeMutablePointer<Float>
) {
  unsafe pack(source, step, live, D, scale, into: target)
  unsafe (target + live * D).update(repeating: 0, count: (8 - live) * D)
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

/// `scores[8, 0..<until] = a[8, D] b[D, width]`, computed up to the next multiple of sixteen.
func blockScores(
  _ a: UnsafeMutablePointer<Float>,
  _ b: UnsafeMutablePointer<Float>,
  _ D: Int,
  _ width: Int,
  until: Int,
  into scores: UnsafeMutablePointer<Float>
) {
  for j in stride(from: 0, to: until, by: 16) {
    unsafe product4x16(inner: D, a, D, 1, b + j, width, scores + j, width)
    unsafe product4x16(inner: D, a + 4 * D, D, 1, b + j, width, scores + 4 * width + j, width)
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

/// Replaces the first `count` scores by `exp(score - top)`; returns the top and the sum.
///
/// The line must have room for a whole number of vectors.
func softmaxInPlace(_ line: UnsafeMutablePointer<Float>, _ count: Int) -> (Float, Float) {
  let whole = roundedUp(count, 8)
  for index in count..<whole { unsafe line[index] = -.infinity }
  let top = unsafe maximum(line, whole)
  var sum = Lanes(repeating: 0)
  for index in stride(from: 0, to: whole, by: 8) {
    let value = unsafe exponential(load(line, index) - top)
    unsafe store(value, line, index)
    sum += value
  }
  for index in count..<whole { unsafe line[index] = 0 }
  return (top, total(sum))
}
