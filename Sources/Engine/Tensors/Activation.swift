// swift-format-ignore-file: AlwaysUseLowerCamelCase

// Letters: T rows (tokens), F features of the feed-forward block.

/// The gated activation `y = silu(gate) * up`, with `silu(g) = g / (1 + exp(-g))`.
///
/// Shapes: `gateUp` `[T, 2 F]` with the gate in the first half of each row, `y` `[T, F]`.
/// Source: Shazeer, 2020 (arXiv 2002.05202).
public func swiGLU(_ gateUp: Matrix, into y: Matrix) {
  precondition(gateUp.columns == 2 * y.columns && gateUp.rows == y.rows && y.columns % 8 == 0)
  let F = y.columns
  parallelRanges(y.rows, atLeast: 4) { range in
    for row in range {
      let gate = unsafe gateUp.row(row)
      let up = unsafe gate + F
      let target = unsafe y.row(row)
      var f = 0
      while f < F {
        let g = unsafe load(gate, f)
        let gated = unsafe g / (1 + exponential(-g)) * load(up, f)
        unsafe store(gated, target, f)
        f += 8
      }
    }
  }
}

/// The gradient of ``swiGLU(_:into:)``; replaces gate and up by their gradients.
///
/// With `s = 1 / (1 + exp(-g))`: `dgate = dy up s (1 + g (1 - s))`, `dup = dy g s`.
public func replaceBySwiGLUGradient(_ gateUp: Matrix, dy: Matrix) {
  precondition(gateUp.columns == 2 * dy.columns && gateUp.rows == dy.rows && dy.columns % 8 == 0)
  let F = dy.columns
  parallelRanges(dy.rows, atLeast: 4) { range in
    for row in range {
      let gate = unsafe gateUp.row(row)
      let up = unsafe gate + F
      let upstream = unsafe dy.row(row)
      var f = 0
      while f < F {
        let g = unsafe load(gate, f)
        let d = unsafe load(upstream, f)
        let sigmoid = 1 / (1 + exponential(-g))
        let dgate = unsafe d * load(up, f) * sigmoid * (1 + g * (1 - sigmoid))
        unsafe store(dgate, gate, f)
        unsafe store(d * g * sigmoid, up, f)
        f += 8
      }
    }
  }
}
