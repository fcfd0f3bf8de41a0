public import Tensors

/// Parameters that an optimiser changes: one block of float32, and its tensors by name.
public protocol TrainableParameters: Sendable {
  /// All parameters.
  var parameters: FloatStorage { get }

  /// Every tensor under the name it has in files, as views onto `storage`: the parameters
  /// themselves, their gradients or an optimiser's moments, which all share one layout.
  func namedTensors(of storage: FloatStorage) -> [(name: String, values: Matrix)]
}
