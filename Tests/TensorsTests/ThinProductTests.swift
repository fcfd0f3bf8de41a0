import Testing

@testable import Tensors

/// The gradient of an adapter's matrices: one factor has few columns.
struct ThinProductTests {
  @Test(arguments: [(100, 96, 16), (131, 200, 48), (48, 577, 5)])
  func `a thin gradient equals the plain sum, turned or not`(rows: Int, wide: Int, thin: Int) {
    var noise = Noise(UInt32(rows + wide + thin))
    let (x, h) = (noise.matrix(rows, wide), noise.matrix(rows, thin))
    #expect(ThinProduct.suits(x: x, h: h))
    for accumulate in [false, true] {
      let (c, reference) = (Matrix(rows: wide, columns: thin), Matrix(rows: wide, columns: thin))
      let (d, turned) = (Matrix(rows: thin, columns: wide), Matrix(rows: thin, columns: wide))
      for row in 0..<wide {
        for column in 0..<thin {
          let value = noise.next()
          (c[row, column], reference[row, column]) = (value, value)
          (d[column, row], turned[column, row]) = (value, value)
        }
      }
      multiply(x, .transposed, h, into: c, scale: 0.5, accumulate: accumulate)
      multiply(h, .transposed, x, into: d, scale: 0.5, accumulate: accumulate)
      multiplyReference(x, .transposed, h, into: reference, scale: 0.5, accumulate: accumulate)
      multiplyReference(h, .transposed, x, into: turned, scale: 0.5, accumulate: accumulate)
      #expect(difference(c, reference) < 1e-4)
      #expect(difference(d, turned) < 1e-4)
    }
  }

  @Test func `a thin gradient has the same bits with one thread and with two`() {
    var noise = Noise(5)
    let (x, h) = (noise.matrix(150, 333), noise.matrix(150, 16))
    let threads = Threads.count
    defer { Threads.set(threads) }
    let results = [1, 2].map { count in
      Threads.set(count)
      let c = Matrix(rows: 333, columns: 16)
      multiply(x, .transposed, h, into: c)
      return c.values.map(\.bitPattern)
    }
    #expect(results[0] == results[1])
  }
}
