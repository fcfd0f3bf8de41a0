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
  unsafe losses(logits, targets) { values, target, normaliser in
    unsafe replaceBySoftmax(values, logits.columns, normaliser: normaliser, scale: scale)
    unsafe values[target] -= scale
  }
}

/// The negative log-likelihood of each row's target, in nats; the logits stay as they are.
///
/// Gives the same bits as ``crossEntropy(_:targets:gradientScale:)``.
public func negativeLogLikelihoods(_ logits: Matrix, targets: [Int32]) -> [Float] {
  unsafe losses(logits, targets) { _, _, _ in }
}

/// Each row's loss; `body` gets the row, its target and its normaliser once the loss is taken.
@inline(__always)
private func losses(
  _ logits: Matrix,
  _ targets: [Int32],
  _ body: (UnsafeMutablePointer<Float>, _ target: Int, _ normaliser: Float) -> Void
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
      unsafe body(values, target, normaliser)
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
