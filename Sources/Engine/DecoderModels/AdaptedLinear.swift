internal import ModelFormats
internal import Tensors

/// A fused, frozen linear layer with an optional adapter on some of its outputs.
struct AdaptedLinear: Sendable {
  let weight: FrozenWeight
  let layer: Int
  let group: ProjectionGroup

  /// Computes `y = x Wᵀ + scaling (x Aᵀ) Bᵀ`, or adds it to `y`.
  ///
  /// `hidden` `[T, P r]` keeps `x Aᵀ` for the gradient.
  func apply(
    _ x: Matrix,
    into y: Matrix,
    accumulate: Bool = false,
    adapter: LoRAAdapter?,
    hidden: Matrix?
  ) throws(TensorError) {
    try weight.apply(x, into: y, accumulate: accumulate)
    guard let adapter, let hidden,
      let view = adapter.view(of: adapter.parameters, layer: layer, group: group)
    else { return }
    let r = adapter.configuration.r
    let wide = hidden.columnSlice(0..<view.a.rows).withRows(x.rows)
    multiply(x, .plain, view.a, .transposed, into: wide, padsRows: true)
    for (index, member) in view.members.enumerated() {
      multiply(
        wide.columnSlice(index * r..<(index + 1) * r),
        .plain,
        member.b,
        .transposed,
        into: y.columnSlice(member.outputColumns),
        scale: adapter.configuration.scaling,
        accumulate: true,
        padsRows: true
      )
    }
  }

  /// The gradient of ``apply(_:into:accumulate:adapter:hidden:)``.
  ///
  /// Adds `dB += scaling dyᵀ h` and `dA += (scaling dy B)ᵀ x` to `gradients`, and writes
  /// `dx = dy W + scaling dy B A` when `dx` is given. `dHidden` `[T, P r]` is scratch.
  func applyGradient(
    dy: Matrix,
    x: Matrix,
    hidden: Matrix,
    dHidden: Matrix,
    adapter: LoRAAdapter,
    gradients: FloatStorage,
    dx: Matrix?
  ) throws(TensorError) {
    if let dx { try weight.applyTransposed(dy, into: dx) }
    guard let view = adapter.view(of: adapter.parameters, layer: layer, group: group),
      let gradient = adapter.view(of: gradients, layer: layer, group: group)
    else { return }
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
        scale: scaling,
        padsRows: true
      )
    }
    multiply(dWide, .transposed, x, .plain, into: gradient.a, accumulate: true)
    if let dx {
      multiply(dWide, .plain, view.a, .plain, into: dx, accumulate: true, padsRows: true)
    }
  }
}
