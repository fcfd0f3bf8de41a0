internal import Tensors

/// The weight of a linear layer or a table: frozen and laid out for products, or a parameter.
enum LinearWeight: Sendable {
  /// A weight that nothing changes, and the bytes that it fills.
  case frozen(FrozenWeight, storedBytes: Int)
  /// A float32 parameter; stored as `[in, out]` if it is transposed, else as `[out, in]`.
  case trained(Matrix, isTransposed: Bool)

  /// The bytes that a frozen weight fills; a parameter's are counted with the parameters.
  var storedBytes: Int {
    if case .frozen(_, let bytes) = self { bytes } else { 0 }
  }

  /// Computes `y = x Wᵀ`, or adds it to `y`.
  func apply(_ x: Matrix, into y: Matrix, accumulate: Bool = false) throws(TensorError) {
    switch self {
    case .frozen(let weight, _): try weight.apply(x, into: y, accumulate: accumulate)
    case .trained(let weight, let isTransposed):
      let orientation: Orientation = isTransposed ? .plain : .transposed
      multiply(x, .plain, weight, orientation, into: y, accumulate: accumulate)
    }
  }

  /// Computes `dx = dy W`.
  func applyTransposed(_ dy: Matrix, into dx: Matrix) throws(TensorError) {
    switch self {
    case .frozen(let weight, _): try weight.applyTransposed(dy, into: dx)
    case .trained(let weight, let isTransposed):
      let orientation: Orientation = isTransposed ? .transposed : .plain
      multiply(dy, .plain, weight, orientation, into: dx)
    }
  }

  /// Adds `dW += dyᵀ x` to the parameter's place in `gradients`; a frozen weight has none.
  func addGradient(dy: Matrix, x: Matrix, to gradients: FloatStorage) {
    guard case .trained(let weight, let isTransposed) = self else { return }
    let target = weight.seen(in: gradients)
    if isTransposed {
      multiply(x, .transposed, dy, .plain, into: target, accumulate: true)
    } else {
      multiply(dy, .transposed, x, .plain, into: target, accumulate: true)
    }
  }

  /// Copies the rows `ids` into `target`: an embedding lookup.
  func gather(_ ids: [Int32], into target: Matrix) {
    switch self {
    case .frozen(let weight, _): weight.gather(ids, into: target)
    case .trained(let weight, _): gatherRows(weight, ids.map(Int.init), into: target)
    }
  }

  /// Adds the gradient of ``gather(_:into:)``, times `factor`; a frozen weight has none.
  func addGatherGradient(_ dx: Matrix, _ ids: [Int32], factor: Float, to gradients: FloatStorage) {
    guard case .trained(let weight, _) = self else { return }
    addRowsToTable(dx, ids, factor: factor, into: weight.seen(in: gradients))
  }
}
