internal import DecoderModels
internal import Tensors

/// The two calls of the model.
extension Trainer {
  /// The losses of some rows; adds their scaled gradient to `gradients`.
  func learn(
    _ rows: [TrainingRow],
    gradients: FloatStorage,
    lossScale: Float,
    dropoutSeed: UInt64,
    tape: inout TrainingTape
  ) throws(TensorError) -> [Float] {
    try model.lossesAndGradients(
      Self.batch(rows),
      adapter: adapter,
      gradients: gradients,
      lossScale: lossScale,
      dropout: configuration.loraDropout > 0
        ? LoRADropout(probability: Float(configuration.loraDropout), seed: dropoutSeed) : nil,
      tape: &tape
    )
  }

  /// The losses of some rows without dropout and without a gradient.
  func losses(
    _ rows: some Collection<TrainingRow>,
    tape: inout TrainingTape
  ) throws(TensorError) -> [Float] {
    try model.losses(Self.batch(rows), adapter: adapter, tape: &tape)
  }

  private static func batch(_ rows: some Collection<TrainingRow>) -> TokenBatch {
    TokenBatch(rows.map { ($0.ids, $0.isSupervised) })
  }
}
