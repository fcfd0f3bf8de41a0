// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import Foundation

/// The negative log-likelihood of each row's target, in nats, and its gradient in place.
///
/// `nll = logsumexp(logits) - logits[target]`. The logits are replaced by
/// `gradientScale * (softmax(logits) - onehot(target))`. Shapes: `logits` `[T, V]`, one
/// target a row. Source: the definition of softmax cross-entropy.
public func crossEntropy(
  _ logits: Matrix,
  targets: [Int32],
  gradientScale scale: Float
) -> [Float] {
  let span = Profiling.begin(.loss)
  defer { Profiling.end(span) }
  precondition(targets.count == logits.rows, "\(targets.count) targets for \(logits.rows) rows")
  let V = logits.columns
  let losses = Matrix(rows: 1, columns: logits.rows)
  parallelRanges(logits.rows) { range in
    for row in range {
      let target = Int(targets[row])
      precondition(target >= 0 && target < V, "target \(target) of \(V)")
      let values = unsafe logits.row(row)
      let normaliser = unsafe logSumExp(values, V)
      unsafe losses.base[row] = normaliser - values[target]
      unsafe replaceBySoftmax(values, V, normaliser: normaliser, scale: scale)
      unsafe values[target] -= scale
    }
  }
  return losses.values
}

/// The negative log-likelihood of each row's target, in nats; the logits stay as they are.
///
/// Gives the same bits as ``crossEntropy(_:targets:gradientScale:)``.
public func negativeLogLikelihoods(_ logits: Matrix, targets: [Int32]) -> [Float] {
  let span = Profiling.begin(.loss)
  defer { Profiling.end(span) }
  precondition(targets.count == logits.rows, "\(targets.count) targets for \(logits.rows) rows")
  let V = logits.columns
  let losses = Matrix(rows: 1, columns: logits.rows)
  parallelRanges(logits.rows) { range in
    for row in range {
      let target = Int(targets[row])
      precondition(target >= 0 && target < V, "target \(target) of \(V)")
      let values = unsafe logits.row(row)
      unsafe losses.base[row] = logSumExp(values, V) - values[target]
    }
  }
  return losses.values
}

private func replaceBySoftmax(
  _ values: UnsafeMutablePointer<Float>,
  _ count: Int,
  normaliser: Float,
  scale: Float
) {
  var v = 0
  while v + 8 <= count {
    let p = unsafe exponential(load(values, v) - Lanes(repeating: normaliser))
    unsafe store(p * Lanes(repeating: scale), values, v)
    v += 8
  }
  while v < count {
    unsafe values[v] = scale * Foundation.exp(values[v] - normaliser)
    v += 1
  }
}
