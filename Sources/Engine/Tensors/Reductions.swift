internal import Foundation

/// One entry of a ranking of logits.
public struct RankedLogit: Sendable, Hashable {
  /// The column, a token id.
  public let id: Int32
  /// The value, natural logarithm scale.
  public let logit: Float

  /// An entry of a ranking.
  public init(id: Int32, logit: Float) {
    self.id = id
    self.logit = logit
  }
}

/// The column of each row's largest value; the lower column wins a tie.
public func argmaxRows(_ x: Matrix) -> [Int32] {
  let result = Matrix(rows: 1, columns: x.rows)
  parallelRanges(x.rows) { range in
    for row in range {
      let values = unsafe x.row(row)
      var best = 0
      for column in 1..<max(x.columns, 1) where unsafe values[column] > values[best] {
        best = column
      }
      unsafe result.base[row] = Float(bitPattern: UInt32(best))
    }
  }
  return (0..<x.rows).map { Int32(result[0, $0].bitPattern) }
}

/// Each row's logarithm of the sum of exponentials, in nats; sums in float64 over fixed blocks.
public func logSumExpRows(_ x: Matrix) -> [Float] {
  let result = Matrix(rows: 1, columns: x.rows)
  parallelRanges(x.rows) { range in
    for row in range {
      let value = unsafe logSumExp(x.row(row), x.columns)
      unsafe result.base[row] = value
    }
  }
  return result.values
}

/// The `count` largest values of one row, best first; the lower column first in a tie.
public func topOfRow(_ x: Matrix, row: Int, count: Int) -> [RankedLogit] {
  let order = (0..<x.columns).map { RankedLogit(id: Int32($0), logit: x[row, $0]) }
  let ranked = order.sorted { $0.logit > $1.logit || ($0.logit == $1.logit && $0.id < $1.id) }
  return Array(ranked.prefix(count))
}

/// The sum of the squares of `count` values from `offset` on; float64, in blocks of fixed size.
public func sumOfSquares(_ storage: FloatStorage, offset: Int = 0, count: Int) -> Double {
  precondition(offset >= 0 && offset + count <= storage.count, "a sum past the block's end")
  var sum = 0.0
  var start = 0
  while start < count {
    let size = min(4096, count - start)
    let pointer = unsafe storage.base + offset + start
    sum += unsafe Double(dot(pointer, pointer, size))
    start += size
  }
  return sum
}

/// The largest value of a row.
@inline(__always)
func maximum(_ row: UnsafeMutablePointer<Float>, _ count: Int) -> Float {
  var lanes = Lanes(repeating: -.infinity)
  var index = 0
  while index + 8 <= count {
    lanes = unsafe larger(lanes, load(row, index))
    index += 8
  }
  var result = lanes.max()
  while index < count {
    result = unsafe Swift.max(result, row[index])
    index += 1
  }
  return result
}

/// The logarithm of the sum of a row's exponentials, in nats.
func logSumExp(_ row: UnsafeMutablePointer<Float>, _ count: Int) -> Float {
  let top = unsafe maximum(row, count)
  var sum = 0.0
  var index = 0
  while index + 8 <= count {
    let end = min(index + 2048, count - 7)
    var lanes = Lanes(repeating: 0)
    while index < end {
      lanes += unsafe exponential(load(row, index) - Lanes(repeating: top))
      index += 8
    }
    sum += Double(total(lanes))
  }
  while index < count {
    sum += unsafe Double(Foundation.exp(row[index] - top))
    index += 1
  }
  return top + Float(Foundation.log(sum))
}
