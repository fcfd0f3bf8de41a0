// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Testing

@testable import Tensors

/// Rows of a weight as a file stores them, and the values that they stand for, decoded one by one.
struct StoredRows {
  let format: BlockFormat
  let rows: Int
  let columns: Int
  let bytes: [UInt8]
  let values: Matrix

  init(_ format: BlockFormat, rows: Int, columns: Int, seed: UInt32) {
    var noise = Noise(seed)
    let blockBytes = format.bytesPerBlock
    let count = format.valuesPerBlock
    var bytes: [UInt8] = []
    var values: [Float] = []
    for _ in 0..<rows * columns / count {
      var block = (0..<blockBytes).map { _ in UInt8(truncatingIfNeeded: Int(noise.next() * 4096)) }
      Self.put(Float16(noise.next() / 16).bitPattern, &block, 0)
      if format == .q4x1 || format == .q5x1 {
        Self.put(Float16(noise.next()).bitPattern, &block, 2)
      }
      if format == .f32 {
        let bits = noise.next().bitPattern
        Self.put(UInt16(truncatingIfNeeded: bits), &block, 0)
        Self.put(UInt16(bits >> 16), &block, 2)
      }
      if format == .bf16 { Self.put(BrainFloat.bits(of: noise.next()), &block, 0) }
      values += (0..<count).map { Self.value(format, block, $0) }
      bytes += block
    }
    self.format = format
    self.rows = rows
    self.columns = columns
    self.bytes = bytes
    self.values = Matrix(rows: rows, columns: columns, values: values)
  }

  var part: WeightPart {
    let length = format.bytesPerRow(columns)
    return WeightPart(
      rows: rows,
      format: format,
      blocks: { [bytes] range, span in
        for index in 0..<range.count * length {
          span[index] = bytes[range.lowerBound * length + index]
        }
      },
      floats: { [values] range, span in
        for row in range {
          for column in 0..<values.columns {
            span[(row - range.lowerBound) * values.columns + column] = values[row, column]
          }
        }
      }
    )
  }

  private static func put(_ bits: UInt16, _ block: inout [UInt8], _ offset: Int) {
    block[offset] = UInt8(bits & 255)
    block[offset + 1] = UInt8(bits >> 8)
  }

  /// The definition of the formats in `ggml-common.h`, one value at a time.
  private static func value(_ format: BlockFormat, _ block: [UInt8], _ index: Int) -> Float {
    func half(_ offset: Int) -> Float {
      Float(Float16(bitPattern: UInt16(block[offset]) | UInt16(block[offset + 1]) << 8))
    }
    func nibble(_ offset: Int) -> Int {
      let pair = Int(block[offset + index % 16])
      return index < 16 ? pair & 15 : pair >> 4
    }
    func fifth(_ offset: Int) -> Int { Int(block[offset + index / 8]) >> (index % 8) & 1 }
    switch format {
    case .f32:
      return Float(
        bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(block[$1]) << (8 * UInt32($1)) }
      )
    case .f16: return half(0)
    case .bf16: return BrainFloat.value(of: UInt16(block[0]) | UInt16(block[1]) << 8)
    case .q8x0: return half(0) * Float(Int8(bitPattern: block[2 + index]))
    case .q4x0: return half(0) * Float(nibble(2) - 8)
    case .q4x1: return half(0) * Float(nibble(4)) + half(2)
    case .q5x0: return half(0) * Float(nibble(6) + 16 * fifth(2) - 16)
    case .q5x1: return half(0) * Float(nibble(8) + 16 * fifth(4)) + half(2)
    }
  }
}

/// The bits of all values.
func bits(_ x: Matrix) -> [UInt32] { x.values.map(\.bitPattern) }

/// Sums in the order of the contract: a chain of fused multiply-adds a block of k, blocks added in order.
///
/// `heights` are the parts of k that are cut into blocks each for itself.
func chained(_ x: Matrix, _ weight: Matrix, _ start: Matrix? = nil, heights: [Int]? = nil) -> Matrix
{
  let result = Matrix(rows: x.rows, columns: weight.rows)
  var blocks: [Range<Int>] = []
  var first = 0
  for height in heights ?? [x.columns] {
    // At most 256 steps, of about equal size, multiples of 32 (of 16 where k runs over parts).
    let parts = (height + 255) / 256
    let unit = heights == nil ? 32 : 16
    let size = ((height + parts - 1) / parts + unit - 1) / unit * unit
    for low in stride(from: 0, to: height, by: size) {
      blocks.append(first + low..<first + min(height, low + size))
    }
    first += height
  }
  for row in 0..<x.rows {
    for column in 0..<weight.rows {
      var total = start?[row, column]
      for block in blocks {
        var sum: Float = 0
        for k in block { sum.addProduct(x[row, k], weight[column, k]) }
        total = total.map { $0 + sum } ?? sum
      }
      result[row, column] = total ?? 0
    }
  }
  return result
}

func turned(_ x: Matrix) -> Matrix {
  let result = Matrix(rows: x.columns, columns: x.rows)
  for row in 0..<x.rows { for column in 0..<x.columns { result[column, row] = x[row, column] } }
  return result
}

struct FrozenWeightTests {
  static let rowCounts = [1, 2, 3, 4, 5, 6, 7, 11, 16, 97, 150]

  @Test(arguments: [
    (5, 24), (16, 40), (17, 7), (40, 64), (96, 96), (50, 577), (576, 33), (300, 64),
  ])
  func `every output is summed in one order, for any number of rows`(N: Int, K: Int) throws {
    var noise = Noise(UInt32(N))
    let values = noise.matrix(N, K)
    let weight = FrozenWeight(values, dataType: .f32)
    for M in Self.rowCounts {
      let x = noise.matrix(M, K)
      let dy = noise.matrix(M, N)
      let y = Matrix(rows: M, columns: N)
      let dx = Matrix(rows: M, columns: K)

      try weight.apply(x, into: y)
      try weight.applyTransposed(dy, into: dx)
      #expect(bits(y) == bits(chained(x, values)), "\(M) rows forward")
      #expect(
        bits(dx) == bits(chained(dy, turned(values), heights: [N])),
        "\(M) rows backward"
      )

      let before = Matrix(rows: M, columns: N, values: y.values)
      try weight.apply(x, into: y, accumulate: true)
      #expect(bits(y) == bits(chained(x, values, before)), "\(M) rows added")
    }
  }

  @Test(arguments: BlockFormat.allCases)
  func `a stored format gives the bits of the float32 weight in both directions`(
    format: BlockFormat
  ) throws {
    var noise = Noise(31)
    for (N, K) in [(5, 32), (48, 96), (70, 352), (33, 640)] {
      let stored = StoredRows(format, rows: N, columns: K, seed: UInt32(N))
      let kept = try FrozenWeight([stored.part], columns: K, dataType: .f32)
      let plain = FrozenWeight(stored.values, dataType: .f32)
      for M in [1, 2, 3, 4, 5, 13, 100] {
        let x = noise.matrix(M, K)
        let dy = noise.matrix(M, N)
        let (y, expectedY) = (Matrix(rows: M, columns: N), Matrix(rows: M, columns: N))
        let (dx, expectedDX) = (Matrix(rows: M, columns: K), Matrix(rows: M, columns: K))

        try kept.apply(x, into: y)
        try kept.applyTransposed(dy, into: dx)

        try plain.apply(x, into: expectedY)
        try plain.applyTransposed(dy, into: expectedDX)
        #expect(bits(y) == bits(expectedY), "\(N) x \(K), \(M) rows forward")
        #expect(bits(dx) == bits(expectedDX), "\(N) x \(K), \(M) rows backward")
      }
      let rows = Matrix(rows: N, columns: K)
      kept.gather((0..<Int32(N)).map { $0 }, into: rows)
      #expect(bits(rows) == bits(stored.values))
    }
  }

  @Test func `parts of several formats are one weight, whatever their heights`() throws {
    let parts = [
      StoredRows(.q4x1, rows: 24, columns: 64, seed: 1),
      StoredRows(.f32, rows: 7, columns: 64, seed: 2),
      StoredRows(.q8x0, rows: 40, columns: 64, seed: 3),
    ]
    let values = Matrix(rows: 71, columns: 64, values: parts.flatMap { $0.values.values })
    let weight = try FrozenWeight(parts.map(\.part), columns: 64, dataType: .f32)
    var noise = Noise(4)
    for M in [1, 4, 9, 120] {
      let x = noise.matrix(M, 64)
      let dy = noise.matrix(M, 71)
      let wide = Matrix(rows: M, columns: 90)
      let dx = Matrix(rows: M, columns: 64)

      try weight.apply(x, into: wide.columnSlice(3..<74))
      try weight.applyTransposed(dy, into: dx)

      #expect(bits(wide.columnSlice(3..<74)) == bits(chained(x, values)))
      #expect(wide.columnSlice(74..<90).values.allSatisfy { $0 == 0 })
      #expect(bits(dx) == bits(chained(dy, turned(values), heights: [24, 7, 40])))
    }
  }

  @Test func `one thread and two give the same bits`() throws {
    var noise = Noise(5)
    let stored = StoredRows(.q4x1, rows: 592, columns: 576, seed: 6)
    let weight = try FrozenWeight([stored.part], columns: 576, dataType: .f32)
    let factor = noise.matrix(24, 576)
    for M in [1, 4, 50, 300] {
      let x = noise.matrix(M, 576)
      func results() throws -> [[UInt32]] {
        let y = Matrix(rows: M, columns: 592)
        let dx = Matrix(rows: M, columns: 576)
        let low = Matrix(rows: M, columns: 24)
        try weight.apply(x, into: y)
        try weight.applyTransposed(y, into: dx)
        multiply(x, .plain, factor, .transposed, into: low)
        return [bits(y), bits(dx), bits(low)]
      }
      let kept = Threads.count
      Threads.set(1)
      let alone = try results()
      Threads.set(2)
      let together = try results()
      Threads.set(kept)
      #expect(alone == together, "\(M) rows")
    }
  }

  @Test func `the bf16 twin rounds weights and inputs and keeps its sums in float32`() throws {
    try #require(!Processor.current.hasBF16, "this CPU has bf16 products, so oneDNN computes them")
    var noise = Noise(7)
    let values = noise.matrix(40, 96)
    let weight = FrozenWeight(values, dataType: .bf16)
    func rounded(_ x: Matrix) -> Matrix {
      Matrix(rows: x.rows, columns: x.columns, values: x.values.map(BrainFloat.rounded))
    }
    for M in [1, 4, 33] {
      let x = noise.matrix(M, 96)
      let y = Matrix(rows: M, columns: 40)
      try weight.apply(x, into: y)
      #expect(bits(y) == bits(chained(rounded(x), rounded(values))))
    }
  }

  @Test func `a reader's error is thrown, not swallowed`() {
    struct Broken: Error {}
    let part = WeightPart(rows: 40, format: .q8x0) { _, _ in
      throw Broken()
    } floats: { _, _ in
      throw Broken()
    }
    #expect(throws: Broken.self) { try FrozenWeight([part], columns: 64, dataType: .f32) }
  }
}

struct ThreadTeamTests {
  @Test func `every task runs once, also when several threads call at once and tasks call again`()
    async
  {
    let totals = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          var sum = 0
          for _ in 0..<200 {
            let counts = FloatStorage(count: 64)
            ThreadTeam.shared.run(8) { outer, _ in
              ThreadTeam.shared.run(8) { inner, _ in
                counts.withMutableSpan { $0[8 * outer + inner] += 1 }
              }
            }
            counts.withMutableSpan { span in
              for index in 0..<64 where span[index] == 1 { sum += 1 }
            }
          }
          return sum
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(totals == [12_800, 12_800, 12_800, 12_800])
  }
}
