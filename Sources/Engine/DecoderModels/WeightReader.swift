internal import ModelFormats
internal import Tensors

/// Reads tensors by their Hugging Face names, checks their shapes and fuses what is computed together.
struct WeightReader {
  let source: any TensorSource
  let configuration: DecoderConfiguration
  let dataType: DataType

  /// A vector as a matrix of one row.
  func vector(_ name: String, _ count: Int) throws -> Matrix {
    Matrix(rows: 1, columns: count, values: try source.floats(of: name, shape: [count]))
  }

  /// One weight made of the named tensors' rows, one tensor after another.
  func weight(_ parts: [(name: String, rows: Int)], columns: Int) throws -> LinearWeight {
    let described = try parts.map { part in
      try source.require(part.name, shape: [part.rows, columns])
      return describe(part.name, rows: part.rows)
    }
    return .frozen(
      try FrozenWeight(described, columns: columns, dataType: dataType),
      storedBytes: described.reduce(0) {
        $0 + WeightPart.storedBytes($1.rows, columns, $1.format, dataType)
      }
    )
  }

  /// A weight that is in memory already.
  func weight(_ values: Matrix) -> LinearWeight {
    .frozen(
      FrozenWeight(values, dataType: dataType),
      storedBytes: WeightPart.storedBytes(values.rows, values.columns, nil, dataType)
    )
  }

  /// A tensor's rows, as the blocks of its file where the products can keep those.
  private func describe(_ name: String, rows: Int) -> WeightPart {
    let source = source
    let format = source.blockType(of: name).flatMap(BlockFormat.init)
    return WeightPart(
      rows: rows,
      format: format,
      blocks: { try source.copyBlocks(of: name, $0, into: &$1) },
      floats: { try source.decodeRows(of: name, $0, into: &$1) }
    )
  }
}

extension BlockFormat {
  /// The same blocks under the products' name; nil where the products have no such layout.
  fileprivate init?(_ type: ElementType) {
    switch type {
    case .float32: self = .f32
    case .float16: self = .f16
    case .bfloat16: self = .bf16
    case .q8x0: self = .q8x0
    case .q4x0: self = .q4x0
    case .q4x1: self = .q4x1
    case .q5x0: self = .q5x0
    case .q5x1: self = .q5x1
    case .q2K, .q3K, .q4K, .q5K, .q6K: return nil
    }
  }
}
