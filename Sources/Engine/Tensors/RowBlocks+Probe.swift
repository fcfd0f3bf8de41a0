extension RowBlocks {
  /// Whether a row of a product has the same bits alone, among few rows and among many.
  ///
  /// Tries shapes of a small transformer; takes milliseconds. In f32 it holds by construction
  /// (``FrozenWeight``); in bf16 it is a property of oneDNN on the CPU at hand.
  public static func probe(_ dataType: DataType) -> Bool {
    [(576, 576), (960, 576), (576, 1536)].allSatisfy { outputs, inputs in
      let x = Matrix.activation(rows: 96, columns: inputs)
      let values = Matrix(rows: outputs, columns: inputs)
      for (matrix, seed) in [(x, 3), (values, 7)] {
        for row in 0..<matrix.rows {
          for column in 0..<matrix.columns {
            let hash = (row &* 7919 &+ column &* 104_729 &+ seed) % 2003
            matrix[row, column] = Float(hash) / 1001 - 1
          }
        }
      }
      let weight = FrozenWeight(values, dataType: dataType)
      let whole = Matrix.activation(rows: 96, columns: outputs)
      guard (try? weight.apply(x, into: whole)) != nil else { return false }
      return [1, 5, 16, 20, 48].allSatisfy { count in
        let part = Matrix.activation(rows: count, columns: outputs)
        guard (try? weight.apply(x.withRows(count), into: part)) != nil else { return false }
        return part.values == whole.rowSlice(0..<count).values
      }
    }
  }
}
