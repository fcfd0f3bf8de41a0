// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import ModelFormats
public import Tensors

/// All weights of a model as parameters, for full fine-tuning.
///
/// One block of float32 holds every tensor in the layout of Hugging Face's files, under those names; a
/// tied head is the embedding and is there once. Memory of training: 4 bytes a parameter for each of
/// weights, gradients and two moments, 16 bytes together, besides activations.
public struct FullParameters: TrainableParameters {
  /// All parameters.
  public let parameters: FloatStorage
  private let entries: [Entry]
  private let indices: [String: Int]

  private struct Entry: Sendable {
    let name: String
    let shape: [Int]
    let offset: Int

    var columns: Int { shape.last ?? 1 }
    var rows: Int { shape.count == 1 ? 1 : shape[0] }
  }

  /// The number of parameters.
  public var parameterCount: Int { parameters.count }

  /// The shape of a tensor as files have it; nil if there is none of that name.
  public func shape(of name: String) -> [Int]? { indices[name].map { entries[$0].shape } }

  /// Every tensor under Hugging Face's name; a vector is a matrix of one row.
  public func namedTensors(of storage: FloatStorage) -> [(name: String, values: Matrix)] {
    entries.map { ($0.name, view($0, storage)) }
  }

  /// Reads all weights of a model.
  init(
    _ source: any TensorSource,
    _ design: DecoderDesign,
    _ configuration: DecoderConfiguration
  ) throws {
    var entries: [Entry] = []
    var next = 0
    for (name, shape) in design.tensors(configuration) {
      entries.append(Entry(name: name, shape: shape, offset: next))
      next += shape.reduce(1, *)
    }
    self.entries = entries
    indices = Dictionary(uniqueKeysWithValues: entries.indices.map { (entries[$0].name, $0) })
    parameters = FloatStorage(count: next)
    for entry in entries {
      try source.require(entry.name, shape: entry.shape)
      let end = entry.offset + entry.rows * entry.columns
      try parameters.withMutableSpan(entry.offset..<end) { span in
        try source.decode(entry.name, into: &span)
      }
    }
  }

  func matrix(_ name: String) -> Matrix {
    guard let index = indices[name] else {
      preconditionFailure("\(name) is no tensor of the model")
    }
    return view(entries[index], parameters)
  }

  /// Several tensors that stand one after another, as one matrix.
  func fused(_ names: [String], isVector: Bool) -> Matrix {
    let parts = names.map(matrix)
    let rows = isVector ? 1 : parts.reduce(0) { $0 + $1.rows }
    let columns = isVector ? parts.reduce(0) { $0 + $1.columns } : parts[0].columns
    return Matrix(storage: parameters, offset: parts[0].offset, rows: rows, columns: columns)
  }

  private func view(_ entry: Entry, _ storage: FloatStorage) -> Matrix {
    Matrix(storage: storage, offset: entry.offset, rows: entry.rows, columns: entry.columns)
  }
}

extension DecoderDesign {
  /// Every tensor of a model with its shape; fused modules' weights, and their biases, are neighbours.
  func tensors(_ configuration: DecoderConfiguration) -> [(name: String, shape: [Int])] {
    let (V, C) = (configuration.vocabularySize, configuration.hiddenSize)
    var result: [(name: String, shape: [Int])] = [(embedding, [V, C])]
    if let positions { result.append((positions, [configuration.contextLength, C])) }
    func append(norm module: String, _ size: Int) {
      result.append((module + ".weight", [size]))
      if norm == .layer { result.append((module + ".bias", [size])) }
    }
    for layer in 0..<configuration.layers {
      append(norm: name(layer, norms.input), C)
      for module in [norms.query, norms.key].compactMap({ $0 }) {
        append(norm: name(layer, module), configuration.headSize)
      }
      for modules in groups {
        for module in modules {
          let shape = [module.rows, module.columns]
          let stored = module.isStoredTransposed ? shape.reversed() : shape
          result.append((name(layer, module.path) + ".weight", stored))
        }
        for module in modules where module.hasBias {
          result.append((name(layer, module.path) + ".bias", [module.rows]))
        }
      }
      for module in [norms.attentionBranch, norms.middle, norms.feedForwardBranch] {
        if let module { append(norm: name(layer, module), C) }
      }
    }
    append(norm: finalNorm, C)
    if let head { result.append((head, [V, C])) }
    return result
  }
}
