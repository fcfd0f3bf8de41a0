extension RowBlocks {
  /// Whether a row of an f32 product has the same bits alone, among few rows and among many.
  ///
  /// Tries shapes of a small transformer with every admitted block size; takes milliseconds.
  public static func probe() -> Bool {
    [(576, 576), (960, 576), (576, 1536)].allSatisfy { outputs, inputs in
      let x = Matrix.activation(rows: 96, columns: inputs)
      let weight = Matrix(rows: outputs, columns: inputs)
      for (matrix, seed) in [(x, 3), (weight, 7)] {
        for row in 0..<matrix.rows {
          for column in 0..<matrix.columns {
            let hash = (row &* 7919 &+ column &* 104_729 &+ seed) % 2003
            matrix[row, column] = Float(hash) / 1001 - 1
          }
        }
      }
      let whole = Matrix.activation(rows: 96, columns: outputs)
      multiply(x, .plain, weight, .transposed, into: whole, padsRows: true)
      return [1, 5, 16, 20, 48].allSatisfy { count in
        let part = Matrix.activation(rows: count, columns: outputs)
        multiply(x.withRows(count), .plain, weight, .transposed, into: part, padsRows: true)
        return part.values == whole.rowSlice(0..<count).values
      }
    }
  }
}
