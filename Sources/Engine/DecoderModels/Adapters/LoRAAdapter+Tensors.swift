public import ModelFormats
internal import Tensors

extension LoRAAdapter {
  /// Reads every parameter from tensors under PEFT's names.
  ///
  /// Refuses a missing tensor, one of another shape, and one that belongs to nothing here, since
  /// silence about any of them would run a model that nobody asked for.
  public func fill(from source: any TensorSource) throws {
    let tensors = namedTensors(of: parameters)
    let known = Set(tensors.map(\.name))
    let strangers = source.names.filter { !known.contains($0) }
    guard strangers.isEmpty else {
      throw ModelError.adapterTensors(
        path: source.path,
        "\(strangers.count) tensors belong to no targeted projection of this model, "
          + "the first is \(strangers[0])"
      )
    }
    for tensor in tensors {
      guard let shape = source.shape(of: tensor.name) else {
        throw ModelError.adapterTensors(path: source.path, "tensor \(tensor.name) is missing")
      }
      guard shape == [tensor.values.rows, tensor.values.columns] else {
        throw ModelError.wrongShape(
          path: source.path,
          tensor: tensor.name,
          expected: [tensor.values.rows, tensor.values.columns],
          found: shape
        )
      }
      let start = tensor.values.offset
      let count = tensor.values.rows * tensor.values.columns
      try parameters.withMutableSpan(start..<start + count) { span in
        try source.decode(tensor.name, into: &span)
      }
    }
  }
}
