/// `y += x`, value by value; the same shape.
public func add(_ x: Matrix, to y: Matrix) {
  precondition(x.rows == y.rows && x.columns == y.columns, "sum of different shapes")
  let columns = x.columns
  parallelRanges(x.rows, atLeast: 32) { range in
    for row in range {
      let source = unsafe x.row(row)
      let target = unsafe y.row(row)
      var c = 0
      while c + 8 <= columns {
        unsafe store(load(target, c) + load(source, c), target, c)
        c += 8
      }
      while c < columns {
        unsafe target[c] += source[c]
        c += 1
      }
    }
  }
}

/// Copies `x` into `y`; the same shape.
public func copy(_ x: Matrix, to y: Matrix) {
  precondition(x.rows == y.rows && x.columns == y.columns, "copy of different shapes")
  parallelRanges(x.rows, atLeast: 64) { range in
    for row in range { unsafe y.row(row).update(from: x.row(row), count: x.columns) }
  }
}

/// Copies the rows `indices` of `x` into the first rows of `y`.
public func gatherRows(_ x: Matrix, _ indices: [Int], into y: Matrix) {
  precondition(x.columns == y.columns && y.rows == indices.count, "gather of the wrong shape")
  for (target, source) in indices.enumerated() {
    precondition(source >= 0 && source < x.rows, "row \(source) of \(x.rows)")
    unsafe y.row(target).update(from: x.row(source), count: x.columns)
  }
}

/// Copies the rows of `x` to the rows `indices` of `y`.
public func scatterRows(_ x: Matrix, into y: Matrix, at indices: [Int]) {
  precondition(x.columns == y.columns && x.rows == indices.count, "scatter of the wrong shape")
  for (source, target) in indices.enumerated() {
    precondition(target >= 0 && target < y.rows, "row \(target) of \(y.rows)")
    unsafe y.row(target).update(from: x.row(source), count: x.columns)
  }
}

/// Sets every value of a view.
public func fill(_ x: Matrix, with value: Float) {
  for row in 0..<x.rows { unsafe x.row(row).update(repeating: value, count: x.columns) }
}
