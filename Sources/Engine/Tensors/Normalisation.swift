// swift-format-ignore-file: AlwaysUseLowerCamelCase

// Letters: T rows (tokens), C channels.

/// Root-mean-square normalisation: `y = x / sqrt(mean(x²) + epsilon) * weight`.
///
/// Shapes: `x`, `y` `[T, C]`, `weight` `[1, C]`. Source: Zhang and Sennrich, 2019 (arXiv 1910.07467).
public func rmsNorm(_ x: Matrix, weight: Matrix, epsilon: Float, into y: Matrix) {
  precondition(x.columns == y.columns && weight.columns == x.columns && x.rows == y.rows)
  let C = x.columns
  parallelRanges(x.rows, atLeast: 8) { range in
    for row in range {
      let source = unsafe x.row(row)
      let target = unsafe y.row(row)
      let w = unsafe weight.base
      let scale = unsafe inverseRootMeanSquare(source, C, epsilon)
      let lanes = Lanes(repeating: scale)
      var c = 0
      while c + 8 <= C {
        unsafe store(load(source, c) * lanes * load(w, c), target, c)
        c += 8
      }
      while c < C {
        unsafe target[c] = source[c] * scale * w[c]
        c += 1
      }
    }
  }
}

/// The gradient of ``rmsNorm(_:weight:epsilon:into:)`` with respect to `x`, added to `dx`.
///
/// With `s = 1 / sqrt(mean(x²) + epsilon)` and `g = dy * weight`:
/// `dx += s g - x s³ mean(g x)`. The weight is frozen and gets no gradient.
public func addRMSNormGradient(
  _ x: Matrix,
  weight: Matrix,
  epsilon: Float,
  dy: Matrix,
  into dx: Matrix
) {
  precondition(x.columns == dy.columns && dx.columns == x.columns && x.rows == dy.rows)
  let C = x.columns
  parallelRanges(x.rows, atLeast: 8) { range in
    for row in range {
      let source = unsafe x.row(row)
      let upstream = unsafe dy.row(row)
      let target = unsafe dx.row(row)
      let w = unsafe weight.base
      let scale = unsafe inverseRootMeanSquare(source, C, epsilon)
      var sums = Lanes(repeating: 0)
      var c = 0
      while c + 8 <= C {
        unsafe sums.addProduct(load(upstream, c) * load(w, c), load(source, c))
        c += 8
      }
      var inner = total(sums)
      while c < C {
        unsafe inner += upstream[c] * w[c] * source[c]
        c += 1
      }
      let factor = -inner * scale * scale * scale / Float(C)
      c = 0
      while c + 8 <= C {
        let g = unsafe load(upstream, c) * load(w, c) * Lanes(repeating: scale)
        let own = unsafe load(source, c) * Lanes(repeating: factor)
        unsafe store(load(target, c) + (g + own), target, c)
        c += 8
      }
      while c < C {
        unsafe target[c] += upstream[c] * w[c] * scale + source[c] * factor
        c += 1
      }
    }
  }
}

@inline(__always)
private func inverseRootMeanSquare(
  _ row: UnsafeMutablePointer<Float>,
  _ count: Int,
  _ epsilon: Float
) -> Float {
  let squares = unsafe dot(row, row, count)
  return 1 / (squares / Float(count) + epsilon).squareRoot()
}
