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

  /// Changes `parameters` and both moments by one step, or only the values of `range`.
  ///
  /// Ranges that cover the block give the same bits as one call for all of it.
  public func step(
    _ step: Int,
    learningRate: Float,
    parameters: FloatStorage,
    gradients: FloatStorage,
    firstMoment: FloatStorage,
    secondMoment: FloatStorage,
    gradientScale: Float,
    in range: Range<Int>? = nil
  ) {
    let count = parameters.count
    precondition(
      gradients.count == count && firstMoment.count == count && secondMoment.count == count
    )
    let part = range ?? 0..<count
    precondition(part.lowerBound >= 0 && part.upperBound <= count, "values \(part) of \(count)")
    let correction1 = 1 - Foundation.pow(Double(beta1), Double(step))
    let correction2 = 1 - Foundation.pow(Double(beta2), Double(step))
    let rule = Rule(
      optimiser: self,
      stepSize: Float(Double(learningRate) / correction1),
      root2: Float(correction2.squareRoot()),
      keep: 1 - learningRate * weightDecay,
      gradientScale: gradientScale
    )
    parallelRanges((part.count + 7) / 8, atLeast: 4096) { groups in
      let p = unsafe parameters.base
      let g = unsafe gradients.base
      let m = unsafe firstMoment.base
      let v = unsafe secondMoment.base
      for group in groups {
        let at = part.lowerBound + group * 8
        if at + 8 <= part.upperBound {
          var new = unsafe (p: load(p, at), m: load(m, at), v: load(v, at))
          unsafe rule.apply(gradient: load(g, at), to: &new)
          unsafe store(new.p, p, at)
          unsafe store(new.m, m, at)
          unsafe store(new.v, v, at)
        } else {
          // The values past the range's end belong to another range, or to nobody.
          for index in at..<part.upperBound {
            var new = unsafe (
              p: Lanes(repeating: p[index]), m: Lanes(repeating: m[index]),
              v: Lanes(repeating: v[index])
            )
            unsafe rule.apply(gradient: Lanes(repeating: g[index]), to: &new)
            unsafe p[index] = new.p[0]
            unsafe m[index] = new.m[0]
            unsafe v[index] = new.v[0]
          }
        }
      }
    }
  }

  private struct Rule {
    let optimiser: AdamW
    let stepSize: Float
    let root2: Float
    let keep: Float
    let gradientScale: Float

    @inline(__always)
    func apply(gradient g: Lanes, to state: inout (p: Lanes, m: Lanes, v: Lanes)) {
      let gradient = g * gradientScale
      let beta1 = optimiser.beta1
      let beta2 = optimiser.beta2
      state.m = state.m * beta1 + gradient * (1 - beta1)
      state.v = state.v * beta2 + gradient * gradient * (1 - beta2)
      let denominator = state.v.squareRoot() / root2 + optimiser.epsilon
      state.p = state.p * keep - stepSize * state.m / denominator
    }
  }
}
