// swift-format-ignore-file: AlwaysUseLowerCamelCase

// Letters: T rows (tokens), C channels.

/// Layer normalisation: `y = (x - mean(x)) / sqrt(var(x) + epsilon) * weight + bias`.
///
/// Shapes: `x`, `y` `[T, C]`, `weight`, `bias` `[1, C]`; the variance is the population's. `y` may be
/// `x`. Source: Ba, Kiros and Hinton, 2016 (arXiv 1607.06450).
public func layerNorm(_ x: Matrix, weight: Matrix, bias: Matrix, epsilon: Float, into y: Matrix) {
  let span = Profiling.begin(.normalisation)
  defer { Profiling.end(span) }
  precondition(x.columns == y.columns && weight.columns == x.columns && x.rows == y.rows)
  precondition(bias.columns == x.columns, "a bias of \(bias.columns) for \(x.columns) channels")
  let C = x.columns
  parallelRanges(x.rows, atLeast: 8) { range in
    let w = unsafe weight.base
    let b = unsafe bias.base
    for row in range {
      let source = unsafe x.row(row)
      let target = unsafe y.row(row)
      let (mean, scale) = unsafe moments(source, C, epsilon)
      var c = 0
      while c + 8 <= C {
        let normal = unsafe (load(source, c) - mean) * scale
        unsafe store(load(b, c).addingProduct(normal, load(w, c)), target, c)
        c += 8
      }
      while c < C {
        unsafe target[c] = b[c] + (source[c] - mean) * scale * w[c]
        c += 1
      }
    }
  }
}

/// The gradient of ``layerNorm(_:weight:bias:epsilon:into:)`` with respect to `x`: added to `dx`, or
/// put in its place, where `dx` may be `dy`.
///
/// With `n = (x - mean) s`, `s = 1 / sqrt(var + epsilon)`, `g = dy * weight`:
/// `dx = s (g - mean(g) - n mean(g n))`.
public func addLayerNormGradient(
  _ x: Matrix,
  weight: Matrix,
  epsilon: Float,
  dy: Matrix,
  into dx: Matrix,
  accumulate: Bool = true
) {
  let span = Profiling.begin(.normalisation)
  defer { Profiling.end(span) }
  precondition(x.columns == dy.columns && dx.columns == x.columns && x.rows == dy.rows)
  let C = x.columns
  parallelRanges(x.rows, atLeast: 8) { range in
    let w = unsafe weight.base
    for row in range {
      let source = unsafe x.row(row)
      let upstream = unsafe dy.row(row)
      let target = unsafe dx.row(row)
      let (mean, scale) = unsafe moments(source, C, epsilon)
      let (plain, inner) = unsafe gradientSums(source, upstream, w, C, mean, scale)
      var c = 0
      while c + 8 <= C {
        let g = unsafe load(upstream, c) * load(w, c)
        let normal = unsafe (load(source, c) - mean) * scale
        let kept = unsafe accumulate ? load(target, c) : Lanes(repeating: 0)
        unsafe store(kept + (g - plain - normal * inner) * scale, target, c)
        c += 8
      }
      while c < C {
        let g = unsafe upstream[c] * w[c]
        let normal = unsafe (source[c] - mean) * scale
        let kept = unsafe accumulate ? target[c] : 0
        unsafe target[c] = kept + (g - plain - normal * inner) * scale
        c += 1
      }
    }
  }
}

/// Adds the gradient of ``layerNorm(_:weight:bias:epsilon:into:)`` with respect to weight and bias.
///
/// `dweight += sum over rows of dy n`, `dbias += sum over rows of dy`, rows in order, so that the
/// sums do not depend on threads.
public func addLayerNormParameterGradients(
  _ x: Matrix,
  epsilon: Float,
  dy: Matrix,
  dWeight: Matrix,
  dBias: Matrix
) {
  let span = Profiling.begin(.normalisation)
  defer { Profiling.end(span) }
  precondition(x.columns == dy.columns && x.rows == dy.rows && dWeight.columns == x.columns)
  let C = x.columns
  let rows = Matrix(rows: x.rows, columns: 2)
  parallelRanges(x.rows, atLeast: 8) { range in
    for row in range {
      let (mean, scale) = unsafe moments(x.row(row), C, epsilon)
      rows[row, 0] = mean
      rows[row, 1] = scale
    }
  }
  parallelRanges((C + 7) / 8, atLeast: 4) { range in
    for block in range {
      let c = block * 8
      guard c + 8 <= C else {
        for column in c..<C {
          for row in 0..<x.rows {
            let normal = (x[row, column] - rows[row, 0]) * rows[row, 1]
            dWeight[0, column] += dy[row, column] * normal
          }
        }
        continue
      }
      var sum = unsafe load(dWeight.base, c)
      for row in 0..<x.rows {
        let normal = unsafe (load(x.row(row), c) - rows[row, 0]) * rows[row, 1]
        unsafe sum.addProduct(load(dy.row(row), c), normal)
      }
      unsafe store(sum, dWeight.base, c)
    }
  }
  addColumnSums(dy, to: dBias)
}

/// The means of `g` and of `g n`.
@inline(__always)
private func gradientSums(
  _ source: UnsafeMutablePointer<Float>,
  _ upstream: UnsafeMutablePointer<Float>,
  _ w: UnsafeMutablePointer<Float>,
  _ C: Int,
  _ mean: Float,
  _ scale: Float
) -> (plain: Float, inner: Float) {
  var plain = Lanes(repeating: 0)
  var inner = plain
  var c = 0
  while c + 8 <= C {
    let g = unsafe load(upstream, c) * load(w, c)
    plain += g
    unsafe inner.addProduct(g, (load(source, c) - mean) * scale)
    c += 8
  }
  var sums = (total(plain), total(inner))
  while c < C {
    let g = unsafe upstream[c] * w[c]
    sums.0 += g
    unsafe sums.1 += g * (source[c] - mean) * scale
    c += 1
  }
  return (sums.0 / Float(C), sums.1 / Float(C))
}

/// A row's mean, and one over the root of its variance; two passes, so that nothing cancels.
@inline(__always)
private func moments(
  _ row: UnsafeMutablePointer<Float>,
  _ count: Int,
  _ epsilon: Float
) -> (mean: Float, scale: Float) {
  var sums = Lanes(repeating: 0)
  var c = 0
  while c + 8 <= count {
    unsafe sums += load(row, c)
    c += 8
  }
  var sum = total(sums)
  while c < count {
    unsafe sum += row[c]
    c += 1
  }
  let mean = sum / Float(count)
  var squares = Lanes(repeating: 0)
  c = 0
  while c + 8 <= count {
    let distance = unsafe load(row, c) - mean
    squares.addProduct(distance, distance)
    c += 8
  }
  var square = total(squares)
  while c < count {
    let distance = unsafe row[c] - mean
    square += distance * distance
    c += 1
  }
  return (mean, 1 / (square / Float(count) + epsilon).squareRoot())
}
