import Foundation
import Testing

@testable import Tensors

struct MatrixProductTests {
  @Test(arguments: [1, 5, 12, 47, 100])
  func `a product equals the plain twin in every orientation`(rows: Int) {
    var noise = Noise(UInt32(rows))
    let a = noise.matrix(rows, 40)
    let aT = noise.matrix(40, rows)
    let b = noise.matrix(40, 24)
    let bT = noise.matrix(24, 40)
    for (left, leftWay) in [(a, Orientation.plain), (aT, .transposed)] {
      for (right, rightWay) in [(b, Orientation.plain), (bT, .transposed)] {
        let fast = noise.matrix(rows, 24)
        let slow = Matrix(rows: rows, columns: 24, values: fast.values)

        multiply(left, leftWay, right, rightWay, into: fast, scale: 0.5, accumulate: true)
        multiplyReference(left, leftWay, right, rightWay, into: slow, scale: 0.5, accumulate: true)

        #expect(difference(fast, slow) < 1e-5)
      }
    }
  }

  @Test(arguments: [(192, 576), (576, 576), (960, 576), (3072, 576), (576, 1536)])
  func `a row has the same bits among any number of rows`(
    features: Int,
    inputs: Int
  ) {
    var noise = Noise(7)
    let x = noise.matrix(100, inputs)
    let values = Matrix(rows: features, columns: inputs)
    copy(noise.matrix(features, inputs), to: values)
    let weight = FrozenWeight(values, dataType: .f32)
    let all = Matrix.activation(rows: 100, columns: features)
    #expect(throws: Never.self) { try weight.apply(x, into: all) }

    for count in [1, 2, 3, 7, 13, 31, 48, 64, 99] {
      let part = Matrix.activation(rows: count, columns: features)
      let input = Matrix.activation(rows: count, columns: inputs)
      copy(x.rowSlice(0..<count), to: input)
      #expect(throws: Never.self) { try weight.apply(input, into: part) }
      #expect(part.values == all.rowSlice(0..<count).values, "\(count) rows")
    }
  }

  @Test func `both directions of a weight equal the plain twin`() throws {
    var noise = Noise(8)
    let values = noise.matrix(56, 40)
    let x = noise.matrix(9, 40)
    let dy = noise.matrix(9, 56)
    let weight = FrozenWeight(Matrix(rows: 56, columns: 40, values: values.values), dataType: .f32)
    let y = Matrix.activation(rows: 9, columns: 56)
    let dx = Matrix.activation(rows: 9, columns: 40)
    let expectedY = Matrix(rows: 9, columns: 56)
    let expectedDX = Matrix(rows: 9, columns: 40)

    try weight.apply(x, into: y)
    try weight.applyTransposed(dy, into: dx)
    multiplyReference(x, .plain, values, .transposed, into: expectedY)
    multiplyReference(dy, .plain, values, .plain, into: expectedDX)

    #expect(difference(y, expectedY) < 1e-5)
    #expect(difference(dx, expectedDX) < 1e-5)
  }

  @Test(
    .enabled(
      if: Processor.current.hasBF16,
      "this CPU has no bf16 products, so oneDNN refuses them"
    )
  )
  func `packed bf16 products equal the twin that rounds in the same places`() throws {
    var noise = Noise(9)
    let values = noise.matrix(64, 96)
    let x = noise.matrix(33, 96)
    let dy = noise.matrix(33, 64)
    let weight = FrozenWeight(Matrix(rows: 64, columns: 96, values: values.values), dataType: .bf16)
    let y = Matrix.activation(rows: 33, columns: 64)
    let dx = Matrix.activation(rows: 33, columns: 96)

    try weight.apply(x, into: y)
    try weight.applyTransposed(dy, into: dx)
    try weight.applyTransposed(dy, into: dx, accumulate: true)

    let expectedY = Matrix(rows: 33, columns: 64)
    let expectedDX = Matrix(rows: 33, columns: 96)
    multiplyReference(rounded(x), .plain, rounded(values), .transposed, into: expectedY)
    multiplyReference(rounded(dy), .plain, rounded(values), .plain, into: expectedDX, scale: 2)
    #expect(difference(y, expectedY) < 1e-4)
    #expect(difference(dx, expectedDX) < 1e-4)
  }

  @Test func `packed products equal the plain twin in both directions, added up and into columns`()
    throws
  {
    var noise = Noise(11)
    let values = noise.matrix(64, 96)
    let weight = FactorStorage(.f32, count: 64 * 96)
    weight.fill(from: values, rows: 64)
    let forward = PackedProducts(weight, inner: 96, outer: 64, isTransposed: true)
    let backward = PackedProducts(weight, inner: 64, outer: 96, isTransposed: false)
    for rows in [1, 7, 33, 100] {
      let x = noise.matrix(rows, 96)
      let dy = noise.matrix(rows, 64)
      let wide = Matrix.activation(rows: rows, columns: 80)
      let dx = Matrix.activation(rows: rows, columns: 96)

      try forward.multiply(x, into: wide.columnSlice(16..<80), accumulate: false)
      try backward.multiply(dy, into: dx, accumulate: false)
      try backward.multiply(dy, into: dx, accumulate: true)

      let expectedY = Matrix(rows: rows, columns: 64)
      let expectedDX = Matrix(rows: rows, columns: 96)
      multiplyReference(x, .plain, values, .transposed, into: expectedY)
      multiplyReference(dy, .plain, values, .plain, into: expectedDX, scale: 2)
      #expect(difference(wide.columnSlice(16..<80), expectedY) < 1e-5)
      #expect(wide.columnSlice(0..<16).values.allSatisfy { $0 == 0 })
      #expect(difference(dx, expectedDX) < 2e-5)
    }
  }

  private func rounded(_ x: Matrix) -> Matrix {
    Matrix(rows: x.rows, columns: x.columns, values: x.values.map(BrainFloat.rounded))
  }
}

struct KernelTests {
  @Test func `the vector exponential is within two units in the last place of the library's`() {
    var worst: Float = 0
    for step in 0..<20_000 {
      let x = Float(step) / 20_000 * 170 - 85
      let value = exponential(Lanes(repeating: x))[3]
      worst = max(worst, abs(value - Foundation.exp(x)) / Foundation.exp(x))
    }
    #expect(worst < 2.5e-7)
  }

  @Test func `root-mean-square normalisation and its gradient follow the formula`() {
    var noise = Noise(4)
    let x = noise.matrix(3, 40)
    let weight = noise.matrix(1, 40)
    let dy = noise.matrix(3, 40)
    let y = Matrix.activation(rows: 3, columns: 40)
    let dx = Matrix.activation(rows: 3, columns: 40)

    rmsNorm(x, weight: weight, epsilon: 1e-5, into: y)
    addRMSNormGradient(x, weight: weight, epsilon: 1e-5, dy: dy, into: dx)

    func plain(_ row: Int) -> [Double] {
      let values = (0..<40).map { Double(x[row, $0]) }
      let mean = values.map { $0 * $0 }.reduce(0, +) / 40
      return values.enumerated().map { $1 / (mean + 1e-5).squareRoot() * Double(weight[0, $0]) }
    }
    for row in 0..<3 {
      let expected = plain(row)
      for column in 0..<40 { #expect(abs(Double(y[row, column]) - expected[column]) < 1e-5) }
      for column in [0, 7, 39] {
        let kept = x[row, column]
        func objective(_ value: Float) -> Double {
          x[row, column] = value
          return zip(plain(row), 0..<40).map { $0 * Double(dy[row, $1]) }.reduce(0, +)
        }
        let slope = (objective(kept + 1e-3) - objective(kept - 1e-3)) / 2e-3
        x[row, column] = kept
        #expect(abs(Double(dx[row, column]) - slope) < 2e-3)
      }
    }
  }

  @Test func `the gated activation and its gradient follow the formula`() {
    var noise = Noise(5)
    let gateUp = noise.matrix(2, 16)
    for column in 0..<16 { gateUp[0, column] *= 20 }
    let dy = noise.matrix(2, 8)
    let y = Matrix.activation(rows: 2, columns: 8)
    func plain(_ gate: Double, _ up: Double) -> Double { gate / (1 + Foundation.exp(-gate)) * up }
    let before = Matrix(rows: 2, columns: 16, values: gateUp.values)

    swiGLU(gateUp, into: y)
    replaceBySwiGLUGradient(gateUp, dy: dy)

    for row in 0..<2 {
      for f in 0..<8 {
        let gate = Double(before[row, f])
        let up = Double(before[row, f + 8])
        let upstream = Double(dy[row, f])
        #expect(abs(Double(y[row, f]) - plain(gate, up)) < 2e-5)
        let slope = (plain(gate + 1e-4, up) - plain(gate - 1e-4, up)) / 2e-4
        #expect(abs(Double(gateUp[row, f]) - upstream * slope) < 1e-4)
        #expect(abs(Double(gateUp[row, f + 8]) - upstream * plain(gate, 1)) < 2e-5)
      }
    }
  }

  @Test func `cross-entropy gives the likelihood and its gradient sums to zero`() {
    var noise = Noise(6)
    let logits = noise.matrix(3, 21)
    let before = Matrix(rows: 3, columns: 21, values: logits.values)

    let losses = crossEntropy(logits, targets: [0, 20, 7], gradientScale: 0.5)

    for (row, target) in [0, 20, 7].enumerated() {
      let weights = (0..<21).map { Foundation.exp(Double(before[row, $0])) }
      let sum = weights.reduce(0, +)
      #expect(abs(Double(losses[row]) + Foundation.log(weights[target] / sum)) < 1e-5)
      for column in 0..<21 {
        let expected = 0.5 * (weights[column] / sum - (column == target ? 1 : 0))
        #expect(abs(Double(logits[row, column]) - expected) < 1e-6)
      }
    }
  }

  @Test func `rotating and rotating back leaves the values`() {
    var noise = Noise(10)
    let angles = RotaryAngles(positions: [0, 1, 17, 63], headSize: 16, base: 10_000)
    let x = noise.matrix(4, 32)
    let before = Matrix(rows: 4, columns: 32, values: x.values)

    angles.rotate(x)
    #expect(difference(x.rowSlice(0..<1), before.rowSlice(0..<1)) == 0)
    #expect(difference(x, before) > 0.1)
    angles.rotate(x, backwards: true)

    #expect(difference(x, before) < 1e-6)
  }

  @Test func `one optimiser step moves each parameter by the learning rate against its gradient`() {
    let parameters = FloatStorage(count: 9)
    let gradients = FloatStorage(count: 9)
    gradients.withMutableSpan { span in for index in 0..<9 { span[index] = index < 4 ? 3 : -0.01 } }

    AdamW(weightDecay: 0).step(
      1,
      learningRate: 0.1,
      parameters: parameters,
      gradients: gradients,
      firstMoment: FloatStorage(count: 9),
      secondMoment: FloatStorage(count: 9),
      gradientScale: 1
    )

    let view = Matrix(storage: parameters, rows: 1, columns: 9)
    #expect(abs(view[0, 0] + 0.1) < 1e-6)
    #expect(abs(view[0, 8] - 0.1) < 1e-5)
  }

  @Test func `a factor in bf16 holds each value rounded, and gives it back widened`() {
    var noise = Noise(12)
    let values = noise.matrix(5, 37)
    let factor = FactorStorage(.bf16, count: 5 * 37)

    factor.fill(from: values, rows: 5)

    let back = Matrix(rows: 5, columns: 37)
    for row in 0..<5 { unsafe factor.copyRow(row, columns: 37, to: back.row(row)) }
    #expect(back.values == values.values.map(BrainFloat.rounded))
    #expect(back.values != values.values)
  }

  @Test func `bf16 rounding is to nearest, ties to even`() {
    #expect(BrainFloat.rounded(1 + 1 / 256) == 1)
    #expect(BrainFloat.rounded(1.011_718_75) == 1.015_625)
    #expect(BrainFloat.rounded(-3.140625) == -3.140625)
    #expect(BrainFloat.rounded(.nan).isNaN)
  }

  @Test func `the highest logits come first and ties go to the lower id`() {
    let x = Matrix(rows: 1, columns: 5, values: [1, 3, 2, 3, -1])
    #expect(argmaxRows(x) == [1])
    #expect(topOfRow(x, row: 0, count: 3).map(\.id) == [1, 3, 2])
    #expect(
      abs(
        logSumExpRows(x)[0]
          - Foundation.log(
            Foundation.exp(1) + 2 * Foundation.exp(3) + Foundation.exp(2) + Foundation.exp(-1)
          )
      ) < 1e-6
    )
  }
}
