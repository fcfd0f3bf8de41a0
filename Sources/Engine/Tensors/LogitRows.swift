/// What a row of logits says at a glance.
public struct RowSummary: Sendable, Hashable {
  /// The column of the largest value; the lowest of equal ones.
  public let best: Int32
  /// The largest value.
  public let top: Float
  /// The logarithm of the sum of exponentials, in nats; `logit - logSum` is a log-probability.
  public let logSum: Float
}

/// Each row's largest value, where it stands, and the row's logarithm of the sum of exponentials.
///
/// The fast twin of ``argmaxRows(_:)`` and ``logSumExpRows(_:)`` together. A row that holds a NaN has a
/// `logSum` that is NaN.
public func summariseRows(_ x: Matrix) -> [RowSummary] {
  let span = Profiling.begin(.sampling)
  defer { Profiling.end(span) }
  return unsafe Array(unsafeUninitializedCapacity: x.rows) { buffer, count in
    let target = unsafe buffer
    parallelRanges(x.rows) { range in
      for row in range {
        let summary = unsafe summarise(x.row(row), x.columns)
        unsafe target.initializeElement(at: row, to: summary)
      }
    }
    count = x.rows
  }
}

private func summarise(_ row: UnsafeMutablePointer<Float>, _ count: Int) -> RowSummary {
  let top = unsafe maximum(row, count)
  var column = 0
  let wanted = Lanes(repeating: top)
  while column + 8 <= count {
    let matches = unsafe load(row, column) .== wanted
    if any(matches) { break }
    column += 8
  }
  while column < count, unsafe row[column] != top { column += 1 }
  return RowSummary(
    best: Int32(column < count ? column : 0),
    top: top,
    logSum: unsafe logSumExp(row, count)
  )
}

/// The values of a row that are at least `bound`, in the order of their columns.
public func logits(of x: Matrix, row: Int, atLeast bound: Float) -> [RankedLogit] {
  precondition(row >= 0 && row < x.rows, "row \(row) of \(x.rows)")
  let values = unsafe x.row(row)
  var found: [RankedLogit] = []
  let lanes = Lanes(repeating: bound)
  var column = 0
  while column < x.columns {
    let end = min(column + 8, x.columns)
    // The block's slack makes room for the lanes beyond the last column.
    let matches = unsafe load(values, column) .>= lanes
    if end - column < 8 || any(matches) {
      for index in column..<end where unsafe values[index] >= bound {
        unsafe found.append(RankedLogit(id: Int32(index), logit: values[index]))
      }
    }
    column = end
  }
  return found
}

/// `exp((x - top) / temperature)` of a row, summed in stretches of ``exponentialStretch`` columns.
///
/// Every sum runs over eight fixed lanes in float32; none is larger than the stretch is long.
public func exponentialSums(of x: Matrix, row: Int, top: Float, temperature: Float) -> [Double] {
  precondition(row >= 0 && row < x.rows && temperature > 0, "row \(row), t \(temperature)")
  let values = unsafe x.row(row)
  return stride(from: 0, to: x.columns, by: exponentialStretch).map { start in
    let end = min(start + exponentialStretch, x.columns)
    var lanes = Lanes(repeating: 0)
    var column = start
    while column + 8 <= end {
      lanes += unsafe exponential((load(values, column) - top) / temperature)
      column += 8
    }
    var sum = Double(total(lanes))
    while column < end {
      unsafe sum += Double(unnormalisedProbability(values[column], top, temperature))
      column += 1
    }
    return sum
  }
}

/// The columns that one sum of ``exponentialSums(of:row:top:temperature:)`` is over.
public let exponentialStretch = 2048

/// `exp((logit - top) / temperature)` with the kernels' own exponential, whose bits no mathematics
/// library changes.
public func unnormalisedProbability(_ logit: Float, _ top: Float, _ temperature: Float) -> Float {
  exponential(Lanes(repeating: (logit - top) / temperature))[0]
}
