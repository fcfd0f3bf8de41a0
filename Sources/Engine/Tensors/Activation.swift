// swift-format-ignore-file: AlwaysUseLowerCamelCase

// Letters: T rows (tokens), F features of the feed-forward block.

/// The gated activation `y = silu(gate) * up`, with `silu(g) = g / (1 + exp(-g))`.
///
/// Shapes: `gateUp` `[T, 2 F]` with the gate in the first half of each row, `y` `[T, F]`.
/// Source: Shazeer, 2020 (arXiv 2002.05202).
public func swiGLU(_ gateUp: Matrix, into y: Matrix) {
  let span = Profiling.begin(.activation)
  defer { Profiling.end(span) }
  gated(gateUp, into: y) { g in g / (1 + exponential(-g)) }
}

/// The gradient of ``swiGLU(_:into:)``; replaces gate and up by their gradients.
///
/// With `s = 1 / (1 + exp(-g))`: `dgate = dy up s (1 + g (1 - s))`, `dup = dy g s`.
public func replaceBySwiGLUGradient(_ gateUp: Matrix, dy: Matrix) {
  replaceByGatedGradient(gateUp, dy) { g, up, d in
    let sigmoid = 1 / (1 + exponential(-g))
    return (d * up * sigmoid * (1 + g * (1 - sigmoid)), d * g * sigmoid)
  }
}

/// The gated activation `y = gelu(gate) * up`, with the tanh form of GELU; shapes as ``swiGLU(_:into:)``.
///
/// Sources: Shazeer, 2020 (arXiv 2002.05202); the tanh form as in ``gelu(_:into:)``.
public func geGLU(_ gateUp: Matrix, into y: Matrix) {
  let span = Profiling.begin(.activation)
  defer { Profiling.end(span) }
  gated(gateUp, into: y) { g in tanhGELU(g).value }
}

/// The gradient of ``geGLU(_:into:)``; replaces gate and up by their gradients.
public func replaceByGeGLUGradient(_ gateUp: Matrix, dy: Matrix) {
  replaceByGatedGradient(gateUp, dy) { g, up, d in
    let (value, slope) = tanhGELU(g)
    return (d * up * slope, d * value)
  }
}

/// The tanh form of GELU: `y = x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x³)))`; shapes `[T, F]`.
///
/// Source: Hendrycks and Gimpel, 2016 (arXiv 1606.08415); called `gelu_new` and `gelu_pytorch_tanh`.
public func gelu(_ x: Matrix, into y: Matrix) {
  let span = Profiling.begin(.activation)
  defer { Profiling.end(span) }
  precondition(x.columns == y.columns && x.rows == y.rows && y.columns % 8 == 0)
  parallelRanges(y.rows, atLeast: 4) { range in
    for row in range {
      let source = unsafe x.row(row)
      let target = unsafe y.row(row)
      for f in stride(from: 0, to: y.columns, by: 8) {
        unsafe store(tanhGELU(load(source, f)).value, target, f)
      }
    }
  }
}

/// The gradient of ``gelu(_:into:)``; replaces the input by its gradient.
public func replaceByGELUGradient(_ x: Matrix, dy: Matrix) {
  let span = Profiling.begin(.activation)
  defer { Profiling.end(span) }
  precondition(x.columns == dy.columns && x.rows == dy.rows && dy.columns % 8 == 0)
  parallelRanges(dy.rows, atLeast: 4) { range in
    for row in range {
      let target = unsafe x.row(row)
      let upstream = unsafe dy.row(row)
      for f in stride(from: 0, to: dy.columns, by: 8) {
        unsafe store(load(upstream, f) * tanhGELU(load(target, f)).slope, target, f)
      }
    }
  }
}

/// GELU and its derivative.
///
/// `(1 + tanh(u)) / 2` is the logistic function of `2 u`, which one exponential gives without
/// cancellation.
@inline(__always)
private func tanhGELU(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
  let square = x * x
  let root: Float = 0.797_884_56
  let u2 = 2 * root * x * (1 + 0.044715 * square)
  let sigmoid = 1 / (1 + exponential(-u2))
  let dU2 = 2 * root * (1 + 3 * 0.044715 * square)
  return (x * sigmoid, sigmoid + x * sigmoid * (1 - sigmoid) * dU2)
}

@inline(__always)
private func gated(_ gateUp: Matrix, into y: Matrix, _ activation: (Lanes) -> Lanes) {
  precondition(gateUp.columns == 2 * y.columns && gateUp.rows == y.rows && y.columns % 8 == 0)
  let F = y.columns
  parallelRanges(y.rows, atLeast: 4) { range in
    for row in range {
      let gate = unsafe gateUp.row(row)
      let up = unsafe gate + F
      let target = unsafe y.row(row)
      var f = 0
      while f < F {
        let gated = unsafe activation(load(gate, f)) * load(up, f)
        unsafe store(gated, target, f)
        f += 8
      }
    }
  }
}

/// Replaces gate and up by the gradients that `gradients` gives for gate, up and upstream.
@inline(__always)
private func replaceByGatedGradient(
  _ gateUp: Matrix,
  _ dy: Matrix,
  _ gradients: (_ gate: Lanes, _ up: Lanes, _ upstream: Lanes) -> (gate: Lanes, up: Lanes)
) {
  let span = Profiling.begin(.activation)
  defer { Profiling.end(span) }
  precondition(gateUp.columns == 2 * dy.columns && gateUp.rows == dy.rows && dy.columns % 8 == 0)
  let F = dy.columns
  parallelRanges(dy.rows, atLeast: 4) { range in
    for row in range {
      let gate = unsafe gateUp.row(row)
      let up = unsafe gate + F
      let upstream = unsafe dy.row(row)
      for f in stride(from: 0, to: F, by: 8) {
        let change = unsafe gradients(load(gate, f), load(up, f), load(upstream, f))
        unsafe store(change.gate, gate, f)
        unsafe store(change.up, up, f)
      }
    }
  }
}
