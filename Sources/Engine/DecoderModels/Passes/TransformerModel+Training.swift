internal import ModelFormats
internal import Tensors

extension TransformerModel {
  func lossesAndGradients(
    _ batch: TokenBatch,
    adapter: LoRAAdapter?,
    gradients: FloatStorage,
    lossScale: Float,
    dropout: LoRADropout?,
    tape: inout TrainingTape
  ) throws(TensorError) -> [Float] {
    let expected = adapter?.parameterCount ?? fullParameters?.parameterCount
    precondition(
      expected != nil,
      "without an adapter the model must have been opened with trainable: true"
    )
    precondition(gradients.count == expected, "gradients of other parameters")
    let active = adapter == nil || dropout?.probability == 0 ? nil : dropout
    tape.reserve(
      rows: batch.ids.count,
      rank: adapter?.configuration.r ?? 0,
      self,
      tape.checkpointsActivations ? .inputs : .everything,
      dropout: active != nil
    )
    let pass = TrainingPass(
      batch: batch,
      adapter: adapter,
      dropout: active,
      tape: tape,
      angles: angles(batch.positions),
      gradients: gradients
    )
    try forward(pass)
    fill(tape.dResidual.withRows(pass.rows), with: 0)
    let losses = try headLosses(pass, lossScale: lossScale)
    for layer in blocks.indices.reversed() {
      if tape.checkpointsActivations { try forward(layer, pass, isRepeated: true) }
      try backward(layer, pass)
    }
    if let gradients = pass.fullGradients { addEmbeddingGradients(pass, to: gradients) }
    return losses
  }

  func losses(
    _ batch: TokenBatch,
    adapter: LoRAAdapter?,
    tape: inout TrainingTape
  ) throws(TensorError) -> [Float] {
    tape.reserve(
      rows: batch.ids.count,
      rank: adapter?.configuration.r ?? 0,
      self,
      .nothing,
      dropout: false
    )
    let pass = TrainingPass(
      batch: batch,
      adapter: adapter,
      dropout: nil,
      tape: tape,
      angles: angles(batch.positions),
      gradients: nil
    )
    try forward(pass)
    return try headLosses(pass, lossScale: 1)
  }

  private func forward(_ pass: TrainingPass) throws(TensorError) {
    embed(pass.batch.ids, pass.batch.positions, into: pass.residual(0))
    for layer in blocks.indices { try forward(layer, pass) }
  }

  /// One block: reads its input from the tape and writes the next block's.
  ///
  /// When it `isRepeated` for the gradient, the next input is there already and is left alone.
  private func forward(
    _ index: Int,
    _ pass: TrainingPass,
    isRepeated: Bool = false
  ) throws(TensorError) {
    let block = blocks[index]
    let layer = pass.tape.layer(index)
    let normed = pass.tape.normed.withRows(pass.rows)
    let activated = pass.tape.activated.withRows(pass.rows)
    let middle = layer.middle.withRows(pass.rows)
    let wide = layer.wide.withRows(pass.rows)
    let next = pass.residual(index + 1)
    try forwardAttention(index, pass)
    block.middleNorm.apply(middle, into: normed)
    try pass.apply(block.linear(.feedForwardInput), normed, into: wide)
    design.activation.apply(wide, into: activated)
    let output = block.linear(.feedForwardOutput)
    if let norm = block.feedForwardBranchNorm {
      let branch = layer.feedForwardBranch.withRows(pass.rows)
      try pass.apply(output, activated, into: branch)
      if isRepeated { return }
      norm.apply(branch, into: next)
      add(middle, to: next)
    } else if isRepeated {
      pass.hidden(output, activated)
    } else {
      copy(middle, to: next)
      try pass.apply(output, activated, into: next, accumulate: true)
    }
  }

  /// The attention half of a block: from its input to the middle of the residual stream.
  private func forwardAttention(_ index: Int, _ pass: TrainingPass) throws(TensorError) {
    let block = blocks[index]
    let layer = pass.tape.layer(index)
    let normed = pass.tape.normed.withRows(pass.rows)
    let input = pass.residual(index)
    let fused = layer.fused.withRows(pass.rows)
    let attended = layer.attended.withRows(pass.rows)
    let middle = layer.middle.withRows(pass.rows)
    block.inputNorm.apply(input, into: normed)
    try pass.apply(block.linear(.attentionInput), normed, into: fused)
    let rotated = fused.columnSlice(attention.rotatedColumns)
    if layer.rawQueriesKeys.columns > 0 {
      copy(rotated, to: layer.rawQueriesKeys.withRows(pass.rows))
      normaliseHeads(block, fused, into: fused)
    }
    if let rotary = block.rotary { pass.angles[rotary].rotate(rotated) }
    causalAttention(
      fused,
      shape: attention,
      segments: pass.batch.segments,
      window: block.window,
      into: attended,
      logSums: layer.logSums.withRows(pass.rows)
    )
    let output = block.linear(.attentionOutput)
    if let norm = block.attentionBranchNorm {
      let branch = layer.attentionBranch.withRows(pass.rows)
      try pass.apply(output, attended, into: branch)
      norm.apply(branch, into: middle)
      add(input, to: middle)
    } else {
      copy(input, to: middle)
      try pass.apply(output, attended, into: middle, accumulate: true)
    }
  }

  /// The losses of the supervised rows, a chunk of rows at a time so that the logits of a whole
  /// batch never exist at once.
  ///
  /// With gradients wanted, also writes the gradient into the tape's residual rows.
  private func headLosses(_ pass: TrainingPass, lossScale: Float) throws(TensorError) -> [Float] {
    let span = Profiling.begin(.head)
    defer { Profiling.end(span) }
    let batch = pass.batch
    let output = pass.residual(blocks.count)
    let room = pass.tape.head
    var losses: [Float] = []
    for start in stride(from: 0, to: batch.supervisedRows.count, by: TrainingTape.headChunk) {
      let end = min(start + TrainingTape.headChunk, batch.supervisedRows.count)
      let indices = Array(batch.supervisedRows[start..<end])
      let targets = Array(batch.targets[start..<end])
      let rows = room.rows.withRows(indices.count)
      let normed = room.normed.withRows(indices.count)
      let logits = room.logits.withRows(indices.count)
      gatherRows(output, indices, into: rows)
      finalNorm.apply(rows, into: normed)
      try head.apply(normed, into: logits)
      guard pass.gradients != nil else {
        losses += negativeLogLikelihoods(logits, targets: targets)
        continue
      }
      losses += crossEntropy(logits, targets: targets, gradientScale: lossScale)
      let dNormed = room.dNormed.withRows(indices.count)
      let dRows = room.dRows.withRows(indices.count)
      try head.applyTransposed(logits, into: dNormed)
      if let gradients = pass.fullGradients {
        head.addGradient(dy: logits, x: normed, to: gradients)
      }
      fill(dRows, with: 0)
      finalNorm.addGradient(rows, dy: dNormed, into: dRows, gradients: pass.fullGradients)
      scatterRows(dRows, into: pass.tape.dResidual.withRows(pass.rows), at: indices)
    }
    return losses
  }

  private func addEmbeddingGradients(_ pass: TrainingPass, to gradients: FloatStorage) {
    let dResidual = pass.tape.dResidual.withRows(pass.rows)
    embedding.addGatherGradient(
      dResidual,
      pass.batch.ids,
      factor: design.embeddingScale,
      to: gradients
    )
    if let positionTable {
      addRowsToTable(dResidual, pass.batch.positions, into: positionTable.seen(in: gradients))
    }
  }
}
