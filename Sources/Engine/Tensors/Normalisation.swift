// swift-format-ignore-file: AlwaysUseLowerCamelCase

// Letters: T rows (tokens), C channels.

/// Root-mean-square normalisation: `y = x / sqrt(mean(x²) + epsilon) * (weight + offset)`.
///
/// Shapes: `weight` `[1, C]`, `x`, `y` `[T, n C]`: every run of C values of a row is normalised by
/// itself, which with n above 1 is the normalisation of attention heads. `offset` is 1 where weights
/// are kept as their distance from one (Gemma). `y` may be `x`.
/// Source: Zhang and Sennrich, 2019 (arXiv 1910.07467).
public func rmsNorm(
  _ x: Matrix,
  weight: Matrix,
  offset: Float = 0,
  epsilon: Float,
  into y: Matrix
) {
  let span = Profiling.begin(.normalisation)
  defer { Profiling.end(span) }
  precondition(x.columns == y.columns && x.columns % weight.columns == 0 && x.rows == y.rows)
  let C = weight.columns
  parallelRanges(x.rows, atLeast: 8) { range in
    let w = unsafe weight.base
    for row in range {
      for start in stride(from: 0, to: x.columns, by: C) {
        let source = unsafe x.row(row) + start
        let target = unsafe y.row(row) + start
        let scale = unsafe inverseRootMeanSquare(source, C, epsilon)
        let lanes = Lanes(repeating: scale)
        var c = 0
        while c + 8 <= C {
          unsafe store(load(source, c) * lanes * (load(w, c) + offset), target, c)
          c += 8
        }
        while c < C {
          unsafe target[c] = source[c] * scale * (w[c] + offset)
          c += 1
        }
      }
    }
  }
}

/// The gradient of ``rmsNorm(_:weight:offset:epsilon:into:)`` with respect to `x`: added to `dx`, or
/// put in its place, where `dx` may be `dy`.
///
/// With `s = 1 / sqrt(mean(x²) + epsilon)` and `g = dy * (weight + offset)`:
/// `dx = s g - x s³ mean(g x)`.
public func addRMSNormGradient(
  _ x: Matrix,
  weight: Matrix,
  offset: Float = 0,
  epsilon: Float,
  dy: Matrix,
  into dx: Matrix,
  accumulate: Bool = true
) {
  let span = Profiling.begin(.normalisation)
  defer { Profiling.end(span) }
  precondition(x.columns == dy.columns && dx.columns == x.columns && x.rows == dy.rows)
  precondition(x.columns % weight.columns == 0, "\(x.columns) over \(weight.columns)")
  let C = weight.columns
  parallelRanges(x.rows, atLeast: 8) { range in
    let w = unsafe weight.base
    for row in range {
      for start in stride(from: 0, to: x.columns, by: C) {
        let source = unsafe x.row(row) + start
        let upstream = unsafe dy.row(row) + start
        let target = unsafe dx.row(row) + start
        let scale = unsafe inverseRootMeanSquare(source, C, epsilon)
        var sums = Lanes(repeating: 0)
        var c = 0
        while c + 8 <= C {
          unsafe sums.addProduct(load(upstream, c) * (load(w, c) + offset), load(source, c))
          c += 8
        }
        var inner = total(sums)
        while c < C {
          unsafe inner += upstream[c] * (w[c] + offset) * source[c]
          c += 1
        }
        let factor = -inner * scale * scale * scale / Float(C)
        c = 0
        while c + 8 <= C {
          let g = unsafe load(upstream, c) * (load(w, c) + offset) * Lanes(repeating: scale)
          let own = unsafe load(source, c) * Lanes(repeating: factor)
          let kept = unsafe accumulate ? load(target, c) : Lanes(repeating: 0)
          unsafe store(kept + (g + own), target, c)
          c += 8
        }
        while c < C {
          let kept = unsafe accumulate ? target[c] : 0
          let g = unsafe upstream[c] * (w[c] + offset) * scale
          unsafe target[c] = kept + g + source[c] * factor
          c += 1
        }
      }
    }
  }
}

/// Adds the gradient of ``rmsNorm(_:weight:offset:epsilon:into:)`` with respect to the weight.
///
/// `dweight[c] += sum over rows and runs of dy x / sqrt(mean(x²) + epsilon)`, rows in order, so that
/// the sum does not depend on threads.
public func addRMSNormWeightGradient(_ x: Matrix, epsilon: Float, dy: Matrix, into dWeight: Matrix)
{
  let span = Profiling.begin(.normalisation)
  defer { Profiling.end(span) }
  precondition(x.columns == dy.columns && x.rows == dy.rows && x.columns % dWeight.columns == 0)
  let C = dWeight.columns
  let runs = x.columns / C
  let scales = Matrix(rows: x.rows, columns: runs)
  parallelRanges(x.rows, atLeast: 8) { range in
    for row in range {
      for run in 0..<runs {
        scales[row, run] = unsafe inverseRootMeanSquare(x.row(row) + run * C, C, epsilon)
      }
    }
  }
  parallelRanges((C + 7) / 8, atLeast: 4) { range in
    for block in range {
      let c = block * 8
      guard c + 8 <= C else {
        for column in c..<C { addWeightGradient(x, scales, dy, column, to: dWeight) }
        continue
      }
      var sum = unsafe load(dWeight.base, c)
      for row in 0..<x.rows {
        for run in 0..<runs {
          let product = unsafe load(dy.row(row), run * C + c) * load(x.row(row), run * C + c)
          sum.addProduct(product, Lanes(repeating: scales[row, run]))
        }
      }
      unsafe store(sum, dWeight.base, c)
    }
  }
}

/// One column of the weight's gradient, where it is not part of a whole vector.
private func addWeightGradient(
  _ x: Matrix,
  _ scales: Matrix,
  _ dy: Matrix,
  _ c: Int,
  to dWeight: Matrix
) {
  let C = dWeight.columns
  for row in 0..<x.rows {
    for run in 0..<scales.columns {
      dWeight[0, c] += dy[row, run * C + c] * x[row, run * C + c] * scales[row, run]
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
