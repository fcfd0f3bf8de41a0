internal import ModelFormats
public import Tensors

extension LlamaModel {
  /// The losses of a batch and the adapter's gradient; see ``DecoderModel``.
  public func lossesAndGradients(
    _ batch: TokenBatch,
    adapter: LoRAAdapter,
    gradients: FloatStorage,
    lossScale: Float,
    tape: inout TrainingTape
  ) throws(TensorError) -> [Float] {
    precondition(gradients.count == adapter.parameterCount, "gradients of another adapter")
    try forward(batch, adapter: adapter, tape: &tape)
    fill(tape.dResidual.withRows(batch.ids.count), with: 0)
    let losses = try headLosses(batch, tape: tape, lossScale: lossScale)
    let step = GradientStep(batch: batch, adapter: adapter, gradients: gradients, tape: tape)
    for layer in blocks.indices.reversed() { try backward(layer, step) }
    return losses
  }

  private func forward(
    _ batch: TokenBatch,
    adapter: LoRAAdapter,
    tape: inout TrainingTape
  ) throws(TensorError) {
    let rows = batch.ids.count
    tape.reserve(rows: rows, rank: adapter.configuration.r, configuration, attention)
    embedding.gather(batch.ids, into: tape.layers[0].input.withRows(rows))
    for index in blocks.indices {
      let next = index + 1 < blocks.count ? tape.layers[index + 1].input : tape.output
      try forward(index, batch, adapter: adapter, tape: tape, next: next.withRows(rows))
    }
  }

  /// One block: reads its input from the tape and writes `next`.
  private func forward(
    _ index: Int,
    _ batch: TokenBatch,
    adapter: LoRAAdapter,
    tape: TrainingTape,
    next: Matrix
  ) throws(TensorError) {
    let rows = batch.ids.count
    let block = blocks[index]
    let layer = tape.layers[index]
    let normed = tape.normed.withRows(rows)
    let activated = tape.activated.withRows(rows)
    let input = layer.input.withRows(rows)
    let fused = layer.fused.withRows(rows)
    let attended = layer.attended.withRows(rows)
    let middle = layer.middle.withRows(rows)
    let gateUp = layer.gateUp.withRows(rows)
    normalise(input, block.inputNorm, into: normed)
    try block.attentionInput.apply(normed, into: fused, adapter: adapter, hidden: layer.hidden[0])
    rotary.rotate(fused.columnSlice(attention.rotatedColumns), positions: batch.positions)
    causalAttention(
      fused,
      shape: attention,
      segments: batch.segments,
      into: attended,
      logSums: layer.logSums.withRows(rows)
    )
    copy(input, to: middle)
    try block.attentionOutput.apply(
      attended,
      into: middle,
      accumulate: true,
      adapter: adapter,
      hidden: layer.hidden[1]
    )
    normalise(middle, block.middleNorm, into: normed)
    try block.feedForwardInput.apply(
      normed,
      into: gateUp,
      adapter: adapter,
      hidden: layer.hidden[2]
    )
    swiGLU(gateUp, into: activated)
    copy(middle, to: next)
    try block.feedForwardOutput.apply(
      activated,
      into: next,
      accumulate: true,
      adapter: adapter,
      hidden: layer.hidden[3]
    )
  }

  /// The losses of the supervised rows, a chunk of rows at a time so that the logits of a whole
  /// batch never exist at once.
  ///
  /// Also writes the gradient into the tape's residual rows.
  private func headLosses(
    _ batch: TokenBatch,
    tape: TrainingTape,
    lossScale: Float
  ) throws(TensorError) -> [Float] {
    let output = tape.output.withRows(batch.ids.count)
    var losses: [Float] = []
    for start in stride(from: 0, to: batch.supervisedRows.count, by: TrainingTape.headChunk) {
      let end = min(start + TrainingTape.headChunk, batch.supervisedRows.count)
      let indices = Array(batch.supervisedRows[start..<end])
      let rows = tape.head.rows.withRows(indices.count)
      let normed = tape.head.normed.withRows(indices.count)
      let logits = tape.head.logits.withRows(indices.count)
      gatherRows(output, indices, into: rows)
      rmsNorm(rows, weight: finalNorm, epsilon: configuration.normEpsilon, into: normed)
      try head.apply(normed, into: logits)
      losses += crossEntropy(
        logits,
        targets: Array(batch.targets[start..<end]),
        gradientScale: lossScale
      )
      let dNormed = tape.head.dNormed.withRows(indices.count)
      let dRows = tape.head.dRows.withRows(indices.count)
      try head.applyTransposed(logits, into: dNormed)
      fill(dRows, with: 0)
      addRMSNormGradient(
        rows,
        weight: finalNorm,
        epsilon: configuration.normEpsilon,
        dy: dNormed,
        into: dRows
      )
      scatterRows(dRows, into: tape.dResidual.withRows(batch.ids.count), at: indices)
    }
    return losses
  }

  private struct GradientStep {
    let batch: TokenBatch
    let adapter: LoRAAdapter
    let gradients: FloatStorage
    let tape: TrainingTape
  }

  /// The gradient of one block: reads and replaces the gradient of the residual stream.
  private func backward(_ index: Int, _ step: GradientStep) throws(TensorError) {
    try backwardFeedForward(index, step)
    try backwardAttention(index, step)
  }

  private func backwardFeedForward(_ index: Int, _ step: GradientStep) throws(TensorError) {
    let rows = step.batch.ids.count
    let block = blocks[index]
    let tape = step.tape
    let normed = tape.normed.withRows(rows)
    let dResidual = tape.dResidual.withRows(rows)
    let dNormed = tape.dNormed.withRows(rows)
    let activated = tape.activated.withRows(rows)
    let dActivated = tape.dActivated.withRows(rows)
    let gateUp = tape.layers[index].gateUp.withRows(rows)
    let middle = tape.layers[index].middle.withRows(rows)
    swiGLU(gateUp, into: activated)
    try gradient(block.feedForwardOutput, step, dy: dResidual, x: activated, dx: dActivated)
    replaceBySwiGLUGradient(gateUp, dy: dActivated)
    normalise(middle, block.middleNorm, into: normed)
    try gradient(block.feedForwardInput, step, dy: gateUp, x: normed, dx: dNormed)
    addNormGradient(middle, block.middleNorm, dy: dNormed, into: dResidual)
  }

  private func backwardAttention(_ index: Int, _ step: GradientStep) throws(TensorError) {
    let rows = step.batch.ids.count
    let block = blocks[index]
    let tape = step.tape
    let layer = tape.layers[index]
    let normed = tape.normed.withRows(rows)
    let dResidual = tape.dResidual.withRows(rows)
    let dNormed = tape.dNormed.withRows(rows)
    let attended = layer.attended.withRows(rows)
    let dAttended = tape.dAttended.withRows(rows)
    let dFused = tape.dFused.withRows(rows)
    let input = layer.input.withRows(rows)
    try gradient(block.attentionOutput, step, dy: dResidual, x: attended, dx: dAttended)
    causalAttentionGradient(
      layer.fused.withRows(rows),
      shape: attention,
      segments: step.batch.segments,
      output: attended,
      logSums: layer.logSums.withRows(rows),
      dOutput: dAttended,
      into: dFused
    )
    rotary.rotate(
      dFused.columnSlice(attention.rotatedColumns),
      positions: step.batch.positions,
      backwards: true
    )
    normalise(input, block.inputNorm, into: normed)
    // Nothing below the first block is trained, so its input needs no gradient.
    let isLowest = index == 0
    let dInput = isLowest ? nil : dNormed
    try gradient(block.attentionInput, step, dy: dFused, x: normed, dx: dInput)
    if !isLowest { addNormGradient(input, block.inputNorm, dy: dNormed, into: dResidual) }
  }

  private func normalise(_ x: Matrix, _ weight: Matrix, into y: Matrix) {
    rmsNorm(x, weight: weight, epsilon: configuration.normEpsilon, into: y)
  }

  private func addNormGradient(_ x: Matrix, _ weight: Matrix, dy: Matrix, into dx: Matrix) {
    addRMSNormGradient(x, weight: weight, epsilon: configuration.normEpsilon, dy: dy, into: dx)
  }

  private func gradient(
    _ linear: AdaptedLinear,
    _ step: GradientStep,
    dy: Matrix,
    x: Matrix,
    dx: Matrix?
  ) throws(TensorError) {
    try linear.applyGradient(
      dy: dy,
      x: x,
      hidden: step.tape.layers[linear.layer].hidden[linear.group.rawValue],
      dHidden: step.tape.dHidden,
      adapter: step.adapter,
      gradients: step.gradients,
      dx: dx
    )
  }
}
