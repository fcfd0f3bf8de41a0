internal import ModelFormats
internal import Tensors

extension TransformerModel {
  func logits(
    ids: [Int32],
    places: [CachePlace],
    cache: KeyValueCache,
    outputs: [Int],
    adapters: AdapterRows,
    scratch: inout InferenceScratch,
    observe: ((Int, Matrix) -> Void)?
  ) throws(TensorError) -> Matrix {
    precondition(ids.count == places.count, "one place a token")
    let rows = ids.count
    scratch.reserve(rows: rows, outputs: outputs.count, rank: adapters.rank, self)
    let residual = scratch.residual.withRows(rows)
    let positions = places.map { Int32($0.position) }
    embed(ids, positions, into: residual)
    observe?(0, residual)
    let step = InferenceStep(
      places: places,
      cache: cache,
      adapters: adapters,
      angles: angles(positions),
      scratch: scratch
    )
    for layer in blocks.indices {
      try addAttention(layer, step, to: residual)
      try addFeedForward(layer, step, to: residual)
      observe?(layer + 1, residual)
    }
    let last = scratch.last.withRows(outputs.count)
    let result = scratch.logits.withRows(outputs.count)
    gatherRows(residual, outputs, into: last)
    finalNorm.apply(last, into: last)
    try head.apply(last, into: result)
    return result
  }

  /// Writes the rows' embeddings, scaled, with learned positions added where the family has them.
  func embed(_ ids: [Int32], _ positions: [Int32], into residual: Matrix) {
    embedding.gather(ids, into: residual)
    if design.embeddingScale != 1 { scale(residual, by: design.embeddingScale) }
    if let positionTable { addTableRows(positionTable, positions, to: residual) }
  }

  private struct InferenceStep {
    let places: [CachePlace]
    let cache: KeyValueCache
    let adapters: AdapterRows
    let angles: [RotaryAngles]
    let scratch: InferenceScratch
  }

  private func addAttention(
    _ layer: Int,
    _ step: InferenceStep,
    to residual: Matrix
  ) throws(TensorError) {
    let block = blocks[layer]
    let normed = step.scratch.normed.withRows(residual.rows)
    let fused = step.scratch.fused.withRows(residual.rows)
    let attended = step.scratch.attended.withRows(residual.rows)
    let hidden = step.scratch.hidden.withRows(residual.rows)
    block.inputNorm.apply(residual, into: normed)
    try block.linear(.attentionInput)
      .apply(normed, into: fused, adapters: step.adapters, hidden: hidden)
    normaliseHeads(block, fused, into: fused)
    if let rotary = block.rotary {
      step.angles[rotary].rotate(fused.columnSlice(attention.rotatedColumns))
    }
    cachedAttention(
      fused,
      places: step.places,
      cache: step.cache,
      layer: layer,
      window: block.window,
      into: attended
    )
    try add(
      block.linear(.attentionOutput),
      of: attended,
      norm: block.attentionBranchNorm,
      step,
      to: residual
    )
  }

  private func addFeedForward(
    _ layer: Int,
    _ step: InferenceStep,
    to residual: Matrix
  ) throws(TensorError) {
    let block = blocks[layer]
    let normed = step.scratch.normed.withRows(residual.rows)
    let wide = step.scratch.wide.withRows(residual.rows)
    let activated = step.scratch.activated.withRows(residual.rows)
    let hidden = step.scratch.hidden.withRows(residual.rows)
    block.middleNorm.apply(residual, into: normed)
    try block.linear(.feedForwardInput)
      .apply(normed, into: wide, adapters: step.adapters, hidden: hidden)
    design.activation.apply(wide, into: activated)
    try add(
      block.linear(.feedForwardOutput),
      of: activated,
      norm: block.feedForwardBranchNorm,
      step,
      to: residual
    )
  }

  /// Adds a branch to the residual stream, normalised first where the family does that.
  private func add(
    _ linear: AdaptedLinear,
    of x: Matrix,
    norm: Norm?,
    _ step: InferenceStep,
    to residual: Matrix
  ) throws(TensorError) {
    let branch = norm == nil ? residual : step.scratch.normed.withRows(residual.rows)
    try linear.apply(
      x,
      into: branch,
      accumulate: norm == nil,
      adapters: step.adapters,
      hidden: step.scratch.hidden.withRows(residual.rows)
    )
    guard let norm else { return }
    norm.apply(branch, into: branch)
    Tensors.add(branch, to: residual)
  }

  /// Normalises queries and keys head by head where the family does that.
  func normaliseHeads(_ block: Block, _ x: Matrix, into y: Matrix) {
    for (norm, columns) in [
      (block.queryNorm, attention.queryColumns), (block.keyNorm, attention.keyColumns),
    ] {
      norm?.apply(x.columnSlice(columns), into: y.columnSlice(columns))
    }
  }
}
