internal import ModelFormats
internal import Tensors

/// Reads tensors by their Hugging Face names, checks their shapes and fuses what is computed together.
struct WeightReader {
  let source: any TensorSource
  let configuration: DecoderConfiguration
  let dataType: DataType

  /// A vector as a matrix of one row.
  func vector(_ name: String, _ count: Int) throws -> Matrix {
    try check(name, [count])
    return Matrix(rows: 1, columns: count, values: try source.floats(of: name))
  }

  /// One weight made of the named tensors' rows, one tensor after another.
  func weight(_ parts: [(name: String, rows: Int)], columns: Int) throws -> FrozenWeight {
    let rows = parts.reduce(0) { $0 + $1.rows }
    let storage = FloatStorage(count: rows * columns)
    var next = 0
    for part in parts {
      try check(part.name, [part.rows, columns])
      try storage.withMutableSpan(next..<next + part.rows * columns) { span in
        try source.decodeRows(of: part.name, 0..<part.rows, into: &span)
      }
      next += part.rows * columns
    }
    return FrozenWeight(
      Matrix(storage: storage, rows: rows, columns: columns),
      dataType: dataType
    )
  }

  private func check(_ name: String, _ expected: [Int]) throws {
    guard let found = source.shape(of: name) else {
      throw FormatError.missingTensor(path: source.path, name: name)
    }
    guard found == expected else {
      throw ModelError.wrongShape(
        path: source.path,
        tensor: name,
        expected: expected,
        found: found
      )
    }
  }
}
