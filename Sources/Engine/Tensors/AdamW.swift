internal import Foundation

/// One step of Adam with decoupled weight decay, in place over whole blocks.
///
/// `p *= 1 - lr wd`; `m = b1 m + (1 - b1) g`; `v = b2 v + (1 - b2) g²`;
/// `p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)`. Gradients are multiplied by
/// `gradientScale` first, which is how clipping is done. `step` counts from 1.
/// Source: Loshchilov and Hutter, 2019 (arXiv 1711.05101), in the order of operations that PyTorch uses.
public struct AdamW: Sendable {
  /// Decay of the first moment.
  public var beta1: Float = 0.9
  /// Decay of the second moment.
  public var beta2: Float = 0.999
  /// Added to the root of the second moment.
  public var epsilon: Float = 1e-8
  /// Decoupled weight decay, unitless.
  public var weightDecay: Float = 0

  /// An optimiser with the field's usual moments.
  public init(weightDecay: Float) {
    self.weightDecay = weightDecay
  }

  /// Changes `parameters` and both moments by one step.
  public func step(
    _ step: Int,
    learningRate: Float,
    parameters: FloatStorage,
    gradients: FloatStorage,
    firstMoment: FloatStorage,
    secondMoment: FloatStorage,
    gradientScale: Float
  ) {
    let count = parameters.count
    precondition(
      gradients.count == count && firstMoment.count == count && secondMoment.count == count
    )
    let correction1 = 1 - Foundation.pow(Double(beta1), Double(step))
    let correction2 = 1 - Foundation.pow(Double(beta2), Double(step))
    let stepSize = Lanes(repeating: Float(Double(learningRate) / correction1))
    let root2 = Lanes(repeating: Float(correction2.squareRoot()))
    let keep = Lanes(repeating: 1 - learningRate * weightDecay)
    parallelRanges((count + 7) / 8, atLeast: 4096) { range in
      let p = unsafe parameters.base
      let g = unsafe gradients.base
      let m = unsafe firstMoment.base
      let v = unsafe secondMoment.base
      // The blocks have slack past their last value, so whole vectors are always safe.
      for index in range {
        let at = index * 8
        let gradient = unsafe load(g, at) * Lanes(repeating: gradientScale)
        let first = unsafe load(m, at) * beta1 + gradient * (1 - beta1)
        let second = unsafe load(v, at) * beta2 + gradient * gradient * (1 - beta2)
        let denominator = second.squareRoot() / root2 + epsilon
        unsafe store(load(p, at) * keep - stepSize * first / denominator, p, at)
        unsafe store(first, m, at)
        unsafe store(second, v, at)
      }
    }
  }
}
