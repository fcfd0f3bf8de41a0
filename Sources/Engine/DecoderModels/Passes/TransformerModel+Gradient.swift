internal import ModelFormats
internal import Tensors

extension TransformerModel {
  /// The gradient of one block: reads and replaces the gradient of the residual stream.
  func backward(_ index: Int, _ pass: TrainingPass) throws(TensorError) {
    try backwardFeedForward(index, pass)
    try backwardAttention(index, pass)
  }

  private func backwardFeedForward(_ index: Int, _ pass: TrainingPass) throws(TensorError) {
    let block = blocks[index]
    let tape = pass.tape
    let layer = tape.layer(index)
    let normed = tape.normed.withRows(pass.rows)
    let dResidual = tape.dResidual.withRows(pass.rows)
    let dNormed = tape.dNormed.withRows(pass.rows)
    let activated = tape.activated.withRows(pass.rows)
    let dActivated = tape.dActivated.withRows(pass.rows)
    let wide = layer.wide.withRows(pass.rows)
    let middle = layer.middle.withRows(pass.rows)
    design.activation.apply(wide, into: activated)
    let dBranch = branchGradient(block.feedForwardBranchNorm, layer.feedForwardBranch, pass)
    try pass.gradient(block.linear(.feedForwardOutput), dy: dBranch, x: activated, dx: dActivated)
    design.activation.replaceByGradient(wide, dy: dActivated)
    block.middleNorm.apply(middle, into: normed)
    try pass.gradient(block.linear(.feedForwardInput), dy: wide, x: normed, dx: dNormed)
    block.middleNorm.addGradient(
      middle,
      dy: dNormed,
      into: dResidual,
      gradients: pass.fullGradients
    )
  }

  private func backwardAttention(_ index: Int, _ pass: TrainingPass) throws(TensorError) {
    let block = blocks[index]
    let tape = pass.tape
    let layer = tape.layer(index)
    let normed = tape.normed.withRows(pass.rows)
    let dResidual = tape.dResidual.withRows(pass.rows)
    let dNormed = tape.dNormed.withRows(pass.rows)
    let attended = layer.attended.withRows(pass.rows)
    let dAttended = tape.dAttended.withRows(pass.rows)
    let dFused = tape.dFused.withRows(pass.rows)
    let input = pass.residual(index)
    let dBranch = branchGradient(block.attentionBranchNorm, layer.attentionBranch, pass)
    try pass.gradient(block.linear(.attentionOutput), dy: dBranch, x: attended, dx: dAttended)
    causalAttentionGradient(
      layer.fused.withRows(pass.rows),
      shape: attention,
      segments: pass.batch.segments,
      window: block.window,
      output: attended,
      logSums: layer.logSums.withRows(pass.rows),
      dOutput: dAttended,
      into: dFused
    )
    if let rotary = block.rotary {
      pass.angles[rotary].rotate(dFused.columnSlice(attention.rotatedColumns), backwards: true)
    }
    replaceHeadNormGradients(block, layer, dFused, pass)
    block.inputNorm.apply(input, into: normed)
    // With an adapter nothing below the first block is trained, so its input needs no gradient.
    let isLowest = index == 0 && pass.fullGradients == nil
    let dInput = isLowest ? nil : dNormed
    try pass.gradient(block.linear(.attentionInput), dy: dFused, x: normed, dx: dInput)
    if isLowest { return }
    block.inputNorm.addGradient(input, dy: dNormed, into: dResidual, gradients: pass.fullGradients)
  }

  /// The gradient of a branch before its norm; without a norm, that of the residual stream.
  private func branchGradient(_ norm: Norm?, _ branch: Matrix, _ pass: TrainingPass) -> Matrix {
    let dResidual = pass.tape.dResidual.withRows(pass.rows)
    guard let norm else { return dResidual }
    let dBranch = pass.tape.dBranch.withRows(pass.rows)
    norm.addGradient(
      branch.withRows(pass.rows),
      dy: dResidual,
      into: dBranch,
      accumulate: false,
      gradients: pass.fullGradients
    )
    return dBranch
  }

  /// Takes the gradients of queries and keys back through their head norms, in place.
  private func replaceHeadNormGradients(
    _ block: Block,
    _ layer: TrainingTape.Layer,
    _ dFused: Matrix,
    _ pass: TrainingPass
  ) {
    for (norm, columns) in [
      (block.queryNorm, attention.queryColumns), (block.keyNorm, attention.keyColumns),
    ] {
      guard let norm else { continue }
      let part = dFused.columnSlice(columns)
      norm.addGradient(
        layer.rawQueriesKeys.columnSlice(columns).withRows(pass.rows),
        dy: part,
        into: part,
        accumulate: false,
        gradients: pass.fullGradients
      )
    }
  }
}
