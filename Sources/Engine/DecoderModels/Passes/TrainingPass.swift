internal import Tensors

/// What one training or evaluation pass works on.
struct TrainingPass {
  let batch: TokenBatch
  let adapter: LoRAAdapter?
  let dropout: LoRADropout?
  let tape: TrainingTape
  let angles: [RotaryAngles]
  /// Where gradients are added; nil in an evaluation.
  let gradients: FloatStorage?

  /// The rows of the batch.
  var rows: Int { batch.ids.count }

  /// Where the gradients of the model's own weights are added; nil when only an adapter is trained.
  var fullGradients: FloatStorage? { adapter == nil ? gradients : nil }

  /// The residual stream before a block, or behind the last one.
  func residual(_ index: Int) -> Matrix { tape.residual(index).withRows(rows) }

  /// Computes a linear layer and its adapter; the adapter's hidden values go to the tape.
  func apply(
    _ linear: AdaptedLinear,
    _ x: Matrix,
    into y: Matrix,
    accumulate: Bool = false
  ) throws(TensorError) {
    try linear.applyBase(x, into: y, accumulate: accumulate)
    guard let adapter, let wide = hidden(linear, x) else { return }
    linear.expand(wide, adapter, into: y)
  }

  /// Computes the adapter's hidden values alone.
  @discardableResult
  func hidden(_ linear: AdaptedLinear, _ x: Matrix) -> Matrix? {
    guard let adapter else { return nil }
    return linear.reduce(adapterInput(linear, x), adapter, into: kept(linear))
  }

  /// Adds the gradients of a linear layer's parameters and writes its input's gradient, if one is wanted.
  func gradient(
    _ linear: AdaptedLinear,
    dy: Matrix,
    x: Matrix,
    dx: Matrix?
  ) throws(TensorError) {
    if let dx { try linear.weight.applyTransposed(dy, into: dx) }
    guard let gradients else { return }
    guard let adapter else {
      linear.addParameterGradients(dy: dy, x: x, to: gradients)
      return
    }
    let part = linear.addAdapterGradient(
      dy: dy,
      x: adapterInput(linear, x),
      hidden: kept(linear),
      dHidden: tape.dHidden,
      adapter: adapter,
      gradients: gradients
    )
    guard let dx, let part else { return }
    guard let dropout else {
      multiply(part.dWide, .plain, part.a, .plain, into: dx, accumulate: true)
      return
    }
    let dDropped = tape.dropped.columnSlice(0..<x.columns).withRows(rows)
    multiply(part.dWide, .plain, part.a, .plain, into: dDropped)
    dropout.mask(layer: linear.layer, group: linear.group).add(dDropped, to: dx)
  }

  private func kept(_ linear: AdaptedLinear) -> Matrix {
    tape.layer(linear.layer).hidden[linear.group.rawValue]
  }

  /// What the adapter reads: the layer's input, or what dropout leaves of it.
  private func adapterInput(_ linear: AdaptedLinear, _ x: Matrix) -> Matrix {
    guard let dropout else { return x }
    let dropped = tape.dropped.columnSlice(0..<x.columns).withRows(rows)
    dropout.mask(layer: linear.layer, group: linear.group).apply(x, into: dropped)
    return dropped
  }
}
