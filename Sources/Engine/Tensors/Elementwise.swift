/// `y += x`, value by value; the same shape.
public func add(_ x: Matrix, to y: Matrix) {
  precondition(x.rows == y.rows && x.columns == y.columns, "sum of different shapes")
  parallelRanges(x.rows, atLeast: 32) { range in
    for row in range { unsafe addLine(x.row(row), to: y.row(row), x.columns) }
  }
}

/// Adds one row to another.
@inline(__always)
private func addLine(
  _ source: UnsafeMutablePointer<Float>,
  to target: UnsafeMutablePointer<Float>,
  _ columns: Int
) {
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

/// `y += x` for every row of `y`: the bias of a linear layer; `x` is `[1, C]`.
public func addRow(_ x: Matrix, to y: Matrix) {
  precondition(x.columns == y.columns && x.rows == 1, "a bias of the wrong shape")
  parallelRanges(y.rows, atLeast: 32) { range in
    for row in range { unsafe addLine(x.base, to: y.row(row), x.columns) }
  }
}

/// `y += sum over rows of x`, rows in order, so that the sum does not depend on threads; `y` is `[1, C]`.
public func addColumnSums(_ x: Matrix, to y: Matrix) {
  precondition(x.columns == y.columns && y.rows == 1, "column sums of the wrong shape")
  parallelRanges((x.columns + 7) / 8, atLeast: 8) { range in
    for block in range {
      let c = block * 8
      guard c + 8 <= x.columns else {
        for column in c..<x.columns {
          var sum = y[0, column]
          for row in 0..<x.rows { sum += x[row, column] }
          y[0, column] = sum
        }
        continue
      }
      var sum = unsafe load(y.base, c)
      for row in 0..<x.rows { unsafe sum += load(x.row(row), c) }
      unsafe store(sum, y.base, c)
    }
  }
}

/// `x *= factor`, value by value.
public func scale(_ x: Matrix, by factor: Float) {
  let columns = x.columns
  parallelRanges(x.rows, atLeast: 32) { range in
    for row in range {
      let target = unsafe x.row(row)
      var c = 0
      while c + 8 <= columns {
        unsafe store(load(target, c) * factor, target, c)
        c += 8
      }
      while c < columns {
        unsafe target[c] *= factor
        c += 1
      }
    }
  }
}

/// `y[i] += table[indices[i]]`, row by row: learned positions.
public func addTableRows(_ table: Matrix, _ indices: [Int32], to y: Matrix) {
  precondition(table.columns == y.columns && y.rows <= indices.count, "table rows of another width")
  for row in 0..<y.rows {
    let index = Int(indices[row])
    precondition(index >= 0 && index < table.rows, "row \(index) of a table of \(table.rows)")
    unsafe addLine(table.row(index), to: y.row(row), y.columns)
  }
}

/// `table[indices[i]] += factor * x[i]`: the gradient of a lookup.
///
/// Rows are added in order, so that the sums do not depend on threads, which share out columns.
public func addRowsToTable(_ x: Matrix, _ indices: [Int32], factor: Float = 1, into table: Matrix) {
  precondition(table.columns == x.columns && x.rows <= indices.count, "table rows of another width")
  parallelRanges((x.columns + 7) / 8, atLeast: 4) { range in
    for row in 0..<x.rows {
      let index = Int(indices[row])
      precondition(index >= 0 && index < table.rows, "row \(index) of a table of \(table.rows)")
      let source = unsafe x.row(row)
      let target = unsafe table.row(index)
      for block in range {
        let c = block * 8
        guard c + 8 <= x.columns else {
          for column in c..<x.columns { unsafe target[column] += factor * source[column] }
          continue
        }
        unsafe store(load(target, c) + load(source, c) * factor, target, c)
      }
    }
  }
}

/// The values with rows and columns exchanged, in a block of their own.
public func transposed(_ x: Matrix) -> Matrix {
  let y = Matrix(rows: x.columns, columns: x.rows)
  parallelRanges(y.rows, atLeast: 16) { range in
    for row in range {
      let target = unsafe y.row(row)
      let source = unsafe x.base + row
      for column in 0..<y.columns { unsafe target[column] = source[column * x.stride] }
    }
  }
  return y
}
