internal import ModelFormats
public import Tensors

extension LlamaModel {
  /// Runs some rows through the blocks with a cache; see ``DecoderModel``.
  public func logits(
    ids: [Int32],
    places: [CachePlace],
    cache: KeyValueCache,
    outputs: [Int],
    adapter: LoRAAdapter?,
    scratch: inout InferenceScratch,
    observe: ((Int, Matrix) -> Void)?
  ) throws(TensorError) -> Matrix {
    precondition(ids.count == places.count, "one place a token")
    let rows = ids.count
    scratch.reserve(
      rows: rows,
      outputs: outputs.count,
      rank: adapter?.configuration.r ?? 0,
      configuration,
      attention
    )
    let residual = scratch.residual.withRows(rows)
    let positions = places.map { Int32($0.position) }
    embedding.gather(ids, into: residual)
    observe?(0, residual)
    for (layer, block) in blocks.enumerated() {
      try run(
        block,
        layer,
        residual,
        places: places,
        positions: positions,
        cache: cache,
        adapter: adapter,
        scratch: scratch
      )
      observe?(layer + 1, residual)
    }
    let last = scratch.last.withRows(outputs.count)
    let result = scratch.logits.withRows(outputs.count)
    gatherRows(residual, outputs, into: last)
    rmsNorm(last, weight: finalNorm, epsilon: configuration.normEpsilon, into: last)
    try head.apply(last, into: result)
    return result
  }

  private func run(
    _ block: Block,
    _ layer: Int,
    _ residual: Matrix,
    places: [CachePlace],
    positions: [Int32],
    cache: KeyValueCache,
    adapter: LoRAAdapter?,
    scratch: InferenceScratch
  ) throws(TensorError) {
    let rows = residual.rows
    let epsilon = configuration.normEpsilon
    let normed = scratch.normed.withRows(rows)
    let fused = scratch.fused.withRows(rows)
    let attended = scratch.attended.withRows(rows)
    let gateUp = scratch.gateUp.withRows(rows)
    let activated = scratch.activated.withRows(rows)
    let hidden = scratch.hidden.withRows(rows)
    rmsNorm(residual, weight: block.inputNorm, epsilon: epsilon, into: normed)
    try block.attentionInput.apply(normed, into: fused, adapter: adapter, hidden: hidden)
    rotary.rotate(fused.columnSlice(attention.rotatedColumns), positions: positions)
    cachedAttention(fused, places: places, cache: cache, layer: layer, into: attended)
    try block.attentionOutput.apply(
      attended,
      into: residual,
      accumulate: true,
      adapter: adapter,
      hidden: hidden
    )
    rmsNorm(residual, weight: block.middleNorm, epsilon: epsilon, into: normed)
    try block.feedForwardInput.apply(normed, into: gateUp, adapter: adapter, hidden: hidden)
    swiGLU(gateUp, into: activated)
    try block.feedForwardOutput.apply(
      activated,
      into: residual,
      accumulate: true,
      adapter: adapter,
      hidden: hidden
    )
  }
}
