internal import ModelFormats
internal import Tensors

/// A fused linear layer with its bias, and an optional adapter on some of its outputs.
struct AdaptedLinear: Sendable {
  let weight: LinearWeight
  let bias: Matrix?
  let layer: Int
  let group: ProjectionGroup

  /// Computes `y = x Wᵀ + b + scaling (x Aᵀ) Bᵀ`, or adds it to `y`, with each row's own adapter.
  ///
  /// `hidden` `[T, P r]` is scratch.
  func apply(
    _ x: Matrix,
    into y: Matrix,
    accumulate: Bool = false,
    adapters: AdapterRows,
    hidden: Matrix
  ) throws(TensorError) {
    try applyBase(x, into: y, accumulate: accumulate)
    for run in adapters.runs {
      let part = x.rowSlice(run.rows)
      guard let wide = reduce(part, run.adapter, into: hidden) else { continue }
      expand(wide, run.adapter, into: y.rowSlice(run.rows))
    }
  }

  /// Computes `y = x Wᵀ + b`, or adds it to `y`.
  func applyBase(_ x: Matrix, into y: Matrix, accumulate: Bool = false) throws(TensorError) {
    try weight.apply(x, into: y, accumulate: accumulate)
    if let bias { addRow(bias, to: y) }
  }

  /// Writes `h = x Aᵀ` into the first columns of `hidden`; nil where the adapter has no part here.
  func reduce(_ x: Matrix, _ adapter: LoRAAdapter, into hidden: Matrix) -> Matrix? {
    guard let view = adapter.view(of: adapter.parameters, layer: layer, group: group) else {
      return nil
    }
    let wide = hidden.columnSlice(0..<view.a.rows).withRows(x.rows)
    multiply(x, .plain, view.a, .transposed, into: wide)
    return wide
  }

  /// Adds `y += scaling h Bᵀ` for every adapted projection.
  func expand(_ wide: Matrix, _ adapter: LoRAAdapter, into y: Matrix) {
    guard let view = adapter.view(of: adapter.parameters, layer: layer, group: group) else {
      return
    }
    let r = adapter.configuration.r
    for (index, member) in view.members.enumerated() {
      multiply(
        wide.columnSlice(index * r..<(index + 1) * r),
        .plain,
        member.b,
        .transposed,
        into: y.columnSlice(member.outputColumns),
        scale: adapter.configuration.scaling,
        accumulate: true
      )
    }
  }

  /// The gradient of `expand` and `reduce`.
  ///
  /// Adds `dB += scaling dyᵀ h` and `dA += (scaling dy B)ᵀ x` to `gradients`, and returns
  /// `dh = scaling dy B` with A, whose product is the input's gradient. `x` is what A read.
  func addAdapterGradient(
    dy: Matrix,
    x: Matrix,
    hidden: Matrix,
    dHidden: Matrix,
    adapter: LoRAAdapter,
    gradients: FloatStorage
  ) -> (dWide: Matrix, a: Matrix)? {
    guard let view = adapter.view(of: adapter.parameters, layer: layer, group: group),
      let gradient = adapter.view(of: gradients, layer: layer, group: group)
    else { return nil }
    let r = adapter.configuration.r
    let scaling = adapter.configuration.scaling
    let wide = hidden.columnSlice(0..<view.a.rows).withRows(x.rows)
    let dWide = dHidden.columnSlice(0..<view.a.rows).withRows(x.rows)
    for (index, member) in view.members.enumerated() {
      let columns = index * r..<(index + 1) * r
      let dPart = dy.columnSlice(member.outputColumns)
      multiply(
        dPart,
        .transposed,
        wide.columnSlice(columns),
        .plain,
        into: gradient.members[index].b,
        scale: scaling,
        accumulate: true
      )
      multiply(
        dPart,
        .plain,
        member.b,
        .plain,
        into: dWide.columnSlice(columns),
        scale: scaling
      )
    }
    multiply(dWide, .transposed, x, .plain, into: gradient.a, accumulate: true)
    return (dWide, view.a)
  }

  /// Adds the gradients of weight and bias where they are parameters.
  func addParameterGradients(dy: Matrix, x: Matrix, to gradients: FloatStorage) {
    weight.addGradient(dy: dy, x: x, to: gradients)
    if let bias, case .trained = weight { addColumnSums(dy, to: bias.seen(in: gradients)) }
  }
}
