// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Testing

@testable import Tensors

/// A stream of small pseudo-random values, the same on every machine.
struct Noise {
  private var state: UInt32

  init(_ seed: UInt32) { state = seed &* 2_654_435_761 &+ 1 }

  mutating func next() -> Float {
    state = state &* 1_664_525 &+ 1_013_904_223
    return Float(state >> 8) / Float(1 << 23) - 1
  }

  mutating func matrix(_ rows: Int, _ columns: Int) -> Matrix {
    let result = Matrix.activation(rows: rows, columns: columns)
    for row in 0..<rows { for column in 0..<columns { result[row, column] = next() } }
    return result
  }
}

/// The largest absolute difference of two matrices of one shape.
func difference(_ a: Matrix, _ b: Matrix) -> Float {
  zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
}

/// Attention as the formula says, one number at a time, in float64.
func plainAttention(
  _ fused: Matrix,
  _ shape: AttentionShape,
  _ segments: [Range<Int>],
  window: Int? = nil
) -> Matrix {
  let output = Matrix.activation(rows: fused.rows, columns: shape.outputColumns)
  let D = shape.headSize
  for segment in segments {
    for i in segment {
      for head in 0..<shape.heads {
        let keyColumn = (shape.heads + head / shape.group) * D
        let valueColumn = keyColumn + shape.keyValueHeads * D
        var weights: [Double] = []
        let first = max(segment.lowerBound, i - (window ?? .max / 2) + 1)
        for j in first...i {
          var score = 0.0
          for d in 0..<D {
            score += Double(fused[i, head * D + d]) * Double(fused[j, keyColumn + d])
          }
          weights.append(exp(score * Double(shape.scale)))
        }
        let sum = weights.reduce(0, +)
        for d in 0..<D {
          var value = 0.0
          for (k, weight) in weights.enumerated() {
            value += weight / sum * Double(fused[first + k, valueColumn + d])
          }
          output[i, head * D + d] = Float(value)
        }
      }
    }
  }
  return output
}

struct AttentionTests {
  /// Sizes of heads, and windows; the first is what no padding and no window touches.
  static let cases: [(headSize: Int, window: Int?)] = [
    (16, nil), (64, nil), (24, nil), (10, nil), (16, 1), (16, 8), (24, 8), (32, 20), (6, 17),
  ]

  let segments = [0..<1, 1..<18, 18..<42]

  private func shape(_ headSize: Int) -> AttentionShape {
    AttentionShape(heads: 6, keyValueHeads: 2, headSize: headSize, scale: 0.25)
  }

  @Test(arguments: cases)
  func `the block kernel equals the formula on ragged segments`(headSize: Int, window: Int?) {
    let shape = shape(headSize)
    var noise = Noise(1)
    let fused = noise.matrix(42, shape.fusedColumns)
    let output = Matrix.activation(rows: 42, columns: shape.outputColumns)
    let logSums = Matrix(rows: 42, columns: shape.heads)

    causalAttention(
      fused,
      shape: shape,
      segments: segments,
      window: window,
      into: output,
      logSums: logSums
    )

    let expected = plainAttention(fused, shape, segments, window: window)
    #expect(difference(output, expected) < 2e-6)
  }

  @Test(arguments: cases)
  func `the cached kernel equals the formula`(headSize: Int, window: Int?) {
    let shape = shape(headSize)
    var noise = Noise(2)
    let fused = noise.matrix(42, shape.fusedColumns)
    let output = Matrix.activation(rows: 42, columns: shape.outputColumns)
    let cache = KeyValueCache(layers: 1, slots: 3, positions: 32, shape: shape)
    let places = segments.enumerated().flatMap { slot, rows in
      rows.map { CachePlace(slot: slot, position: $0 - rows.lowerBound) }
    }

    cachedAttention(fused, places: places, cache: cache, layer: 0, window: window, into: output)

    let expected = plainAttention(fused, shape, segments, window: window)
    #expect(difference(output, expected) < 2e-6)
  }

  @Test(arguments: cases)
  func `the gradient equals central differences`(headSize: Int, window: Int?) {
    let shape = shape(headSize)
    var noise = Noise(3)
    let fused = noise.matrix(42, shape.fusedColumns)
    let upstream = noise.matrix(42, shape.outputColumns)
    let output = Matrix.activation(rows: 42, columns: shape.outputColumns)
    let logSums = Matrix(rows: 42, columns: shape.heads)
    let gradient = Matrix.activation(rows: 42, columns: shape.fusedColumns)
    causalAttention(
      fused,
      shape: shape,
      segments: segments,
      window: window,
      into: output,
      logSums: logSums
    )

    causalAttentionGradient(
      fused,
      shape: shape,
      segments: segments,
      window: window,
      output: output,
      logSums: logSums,
      dOutput: upstream,
      into: gradient
    )

    func objective() -> Double {
      let result = plainAttention(fused, shape, segments, window: window)
      return zip(result.values, upstream.values).map { Double($0) * Double($1) }.reduce(0, +)
    }
    let D = headSize
    let columns = [0, 3, 6 * D + 4, 7 * D + 5, 6 * D, 9 * D + 2, 8 * D + D - 1, 2 * D + 1]
    for (row, column) in zip([0, 5, 9, 17, 30, 41, 20, 41], columns) {
      let kept = fused[row, column]
      let step: Float = 1e-2
      fused[row, column] = kept + step
      let above = objective()
      fused[row, column] = kept - step
      let below = objective()
      fused[row, column] = kept
      let expected = (above - below) / Double(2 * step)
      #expect(abs(Double(gradient[row, column]) - expected) < 2e-3, "at \(row), \(column)")
    }
  }
}
