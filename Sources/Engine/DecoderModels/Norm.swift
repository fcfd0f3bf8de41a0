internal import Tensors

/// A normalisation with its parameters.
struct Norm: Sendable {
  /// The kinds of normalisation.
  enum Kind: Sendable, Hashable {
    /// By the root of the mean square; weights are kept less `offset`.
    case rootMeanSquare(offset: Float)
    /// By mean and variance, with a bias.
    case layer
  }

  let kind: Kind
  let epsilon: Float
  let weight: Matrix
  let bias: Matrix?

  /// Writes `y = norm(x)`; `y` may be `x`.
  func apply(_ x: Matrix, into y: Matrix) {
    switch kind {
    case .rootMeanSquare(let offset):
      rmsNorm(x, weight: weight, offset: offset, epsilon: epsilon, into: y)
    case .layer:
      layerNorm(x, weight: weight, bias: bias ?? weight, epsilon: epsilon, into: y)
    }
  }

  /// Adds the gradient with respect to `x` to `dx`, or puts it there, where `dx` may be `dy`.
  ///
  /// With `gradients`, those of the norm's own parameters are added there first.
  func addGradient(
    _ x: Matrix,
    dy: Matrix,
    into dx: Matrix,
    accumulate: Bool = true,
    gradients: FloatStorage?
  ) {
    if let gradients { addParameterGradients(x, dy: dy, to: gradients) }
    switch kind {
    case .rootMeanSquare(let offset):
      addRMSNormGradient(
        x,
        weight: weight,
        offset: offset,
        epsilon: epsilon,
        dy: dy,
        into: dx,
        accumulate: accumulate
      )
    case .layer:
      addLayerNormGradient(
        x,
        weight: weight,
        epsilon: epsilon,
        dy: dy,
        into: dx,
        accumulate: accumulate
      )
    }
  }

  private func addParameterGradients(_ x: Matrix, dy: Matrix, to gradients: FloatStorage) {
    let dWeight = weight.seen(in: gradients)
    switch kind {
    case .rootMeanSquare:
      addRMSNormWeightGradient(x, epsilon: epsilon, dy: dy, into: dWeight)
    case .layer:
      guard let bias else { return }
      addLayerNormParameterGradients(
        x,
        epsilon: epsilon,
        dy: dy,
        dWeight: dWeight,
        dBias: bias.seen(in: gradients)
      )
    }
  }
}
