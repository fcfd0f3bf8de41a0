// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Testing

@testable import Tensors

/// Layer norm, GELU, dropout and the small kernels of full fine-tuning.
struct PieceKernelTests {
  private static let epsilon: Float = 1e-5

  /// Compares a gradient with central differences of `objective` at some places of `x`.
  private func check(
    _ gradient: Matrix,
    of x: Matrix,
    tolerance: Double = 2e-3,
    _ objective: () -> Double
  ) {
    for place in 0..<12 {
      let (row, column) = (place % x.rows, place * 7 % x.columns)
      let kept = x[row, column]
      let step: Float = 1e-2
      x[row, column] = kept + step
      let above = objective()
      x[row, column] = kept - step
      let below = objective()
      x[row, column] = kept
      let expected = (above - below) / Double(2 * step)
      #expect(abs(Double(gradient[row, column]) - expected) < tolerance, "at \(row), \(column)")
    }
  }

  private func inner(_ a: Matrix, _ b: Matrix) -> Double {
    zip(a.values, b.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  private func plainLayerNorm(_ x: Matrix, _ weight: Matrix, _ bias: Matrix) -> Matrix {
    let y = Matrix(rows: x.rows, columns: x.columns)
    for row in 0..<x.rows {
      let values = (0..<x.columns).map { Double(x[row, $0]) }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      for (column, value) in values.enumerated() {
        let normal = (value - mean) / (variance + Double(Self.epsilon)).squareRoot()
        y[row, column] = Float(normal * Double(weight[0, column]) + Double(bias[0, column]))
      }
    }
    return y
  }

  @Test(arguments: [64, 21])
  func `layer norm and its gradients equal the formula`(C: Int) {
    var noise = Noise(20)
    let (x, dy) = (noise.matrix(5, C), noise.matrix(5, C))
    let (weight, bias) = (noise.matrix(1, C), noise.matrix(1, C))
    let y = Matrix(rows: 5, columns: C)
    let dx = Matrix(rows: 5, columns: C)
    let (dWeight, dBias) = (Matrix(rows: 1, columns: C), Matrix(rows: 1, columns: C))

    layerNorm(x, weight: weight, bias: bias, epsilon: Self.epsilon, into: y)
    addLayerNormGradient(x, weight: weight, epsilon: Self.epsilon, dy: dy, into: dx)
    addLayerNormParameterGradients(
      x,
      epsilon: Self.epsilon,
      dy: dy,
      dWeight: dWeight,
      dBias: dBias
    )

    #expect(difference(y, plainLayerNorm(x, weight, bias)) < 2e-6)
    func objective() -> Double { inner(plainLayerNorm(x, weight, bias), dy) }
    check(dx, of: x, objective)
    check(dWeight, of: weight, objective)
    check(dBias, of: bias, objective)
  }

  @Test(arguments: [Float(0), 1])
  func `head-wise RMS norm and its gradients equal the formula`(offset: Float) {
    var noise = Noise(21)
    let D = 12
    let (x, dy) = (noise.matrix(4, 3 * D), noise.matrix(4, 3 * D))
    let weight = noise.matrix(1, D)
    let y = Matrix(rows: 4, columns: 3 * D)
    let dWeight = Matrix(rows: 1, columns: D)
    func plain() -> Matrix {
      let result = Matrix(rows: 4, columns: 3 * D)
      for row in 0..<4 {
        for head in 0..<3 {
          let values = (0..<D).map { Double(x[row, head * D + $0]) }
          let mean = values.reduce(0) { $0 + $1 * $1 } / Double(D)
          for (d, value) in values.enumerated() {
            let normal = value / (mean + Double(Self.epsilon)).squareRoot()
            result[row, head * D + d] = Float(normal * Double(weight[0, d] + offset))
          }
        }
      }
      return result
    }

    rmsNorm(x, weight: weight, offset: offset, epsilon: Self.epsilon, into: y)
    addRMSNormWeightGradient(x, epsilon: Self.epsilon, dy: dy, into: dWeight)
    let dx = Matrix(rows: 4, columns: 3 * D, values: dy.values)
    addRMSNormGradient(
      x,
      weight: weight,
      offset: offset,
      epsilon: Self.epsilon,
      dy: dx,
      into: dx,
      accumulate: false
    )

    #expect(difference(y, plain()) < 2e-6)
    check(dx, of: x) { inner(plain(), dy) }
    check(dWeight, of: weight) { inner(plain(), dy) }
  }

  private func plainGELU(_ x: Float) -> Double {
    let value = Double(x)
    let inside = (2 / Double.pi).squareRoot() * (value + 0.044715 * value * value * value)
    return value / 2 * (1 + Foundation.tanh(inside))
  }

  @Test func `GELU equals the tanh formula from -12 to 12`() {
    let x = Matrix(rows: 1, columns: 256)
    for column in 0..<256 { x[0, column] = Float(column - 128) * 0.09375 }
    let y = Matrix(rows: 1, columns: 256)

    gelu(x, into: y)

    for column in 0..<256 {
      let expected = plainGELU(x[0, column])
      #expect(abs(Double(y[0, column]) - expected) < 1e-6 * max(1, abs(expected)))
    }
  }

  @Test func `the gradients of GELU and GeGLU equal central differences`() {
    var noise = Noise(22)
    let (wide, dy) = (noise.matrix(3, 32), noise.matrix(3, 16))
    let narrow = wide.columnSlice(0..<16)
    let kept = wide.values
    func gated() -> Double {
      var sum = 0.0
      for row in 0..<3 {
        for f in 0..<16 {
          sum += plainGELU(wide[row, f]) * Double(wide[row, 16 + f]) * Double(dy[row, f])
        }
      }
      return sum
    }
    func plain() -> Double {
      zip(narrow.values, dy.values).reduce(0) { $0 + plainGELU($1.0) * Double($1.1) }
    }

    let y = Matrix(rows: 3, columns: 16)
    geGLU(wide, into: y)
    #expect(abs(inner(y, dy) - gated()) < 1e-5)
    let dWide = Matrix(rows: 3, columns: 32, values: kept)
    replaceByGeGLUGradient(dWide, dy: dy)
    check(dWide, of: wide, gated)
    let dNarrow = Matrix(rows: 3, columns: 16, values: narrow.values)
    replaceByGELUGradient(dNarrow, dy: dy)
    check(dNarrow, of: narrow, plain)
  }

  @Test func `a dropout mask keeps its share, by seed, row and column`() {
    let ones = Matrix(rows: 200, columns: 300)
    fill(ones, with: 1)
    let (kept, again) = (Matrix(rows: 200, columns: 300), Matrix(rows: 200, columns: 300))
    let other = Matrix(rows: 200, columns: 300)

    DropoutMask(key: 5, probability: 0.25).apply(ones, into: kept)
    DropoutMask(key: 5, probability: 0.25).add(ones, to: again)
    DropoutMask(key: 6, probability: 0.25).apply(ones, into: other)

    let share = Double(kept.values.count { $0 == 0 }) / 60_000
    #expect(abs(share - 0.25) < 0.01)
    #expect(Set(kept.values) == [0, 1 / (1 - 0.25)])
    #expect(kept.values == again.values)
    let same = zip(kept.values, other.values).count { ($0 == 0) == ($1 == 0) }
    #expect(abs(Double(same) / 60_000 - (0.25 * 0.25 + 0.75 * 0.75)) < 0.01)
    #expect(DropoutMask(key: 5, probability: 0.25).factor(row: 3, column: 9) == kept[3, 9])
    for row in [0, 77] {
      let line = kept.rowSlice(row..<row + 1).values.count { $0 == 0 }
      #expect(abs(Double(line) / 300 - 0.25) < 0.12, "row \(row)")
    }
  }

  @Test func `sums over rows and lookups do not depend on the number of threads`() {
    let before = Threads.count
    defer { Threads.set(before) }
    var noise = Noise(23)
    let x = noise.matrix(90, 77)
    let ids = (0..<90).map { Int32($0 * 7 % 13) }
    func results() -> [[Float]] {
      let sums = Matrix(rows: 1, columns: 77)
      let table = Matrix(rows: 13, columns: 77)
      let weight = Matrix(rows: 1, columns: 77)
      addColumnSums(x, to: sums)
      addRowsToTable(x, ids, factor: 3, into: table)
      addRMSNormWeightGradient(x, epsilon: 1e-5, dy: x, into: weight)
      return [sums.values, table.values, weight.values]
    }

    Threads.set(1)
    let one = results()
    Threads.set(2)
    let two = results()

    #expect(one == two)
    let expected = (0..<90).filter { ids[$0] == 7 }.reduce(0) { $0 + 3 * Double(x[$1, 5]) }
    #expect(abs(Double(one[1][7 * 77 + 5]) - expected) < 1e-5)
  }
}
