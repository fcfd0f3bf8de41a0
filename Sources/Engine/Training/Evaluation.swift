/// The rows that are never learned, and when their loss is computed.
struct Evaluation: Sendable {
  let set: TrainingSet
  /// Rows of one forward pass.
  let batchSize: Int
  /// Steps from one evaluation to the next.
  let interval: Int

  init?(_ set: TrainingSet?, _ configuration: TrainingConfiguration, stepsPerEpoch: Int) {
    guard let set, configuration.evalStrategy != .no else { return nil }
    self.set = set
    batchSize = configuration.perDeviceEvalBatchSize
    interval = configuration.evalSteps ?? stepsPerEpoch
  }

  /// Whether the loss is computed after so many steps; the last step always counts.
  func isDue(after step: Int, of total: Int) -> Bool { step % interval == 0 || step == total }

  /// The rows in their order, a forward pass at a time.
  var passes: [ArraySlice<TrainingRow>] {
    stride(from: 0, to: set.rows.count, by: batchSize).map {
      set.rows[$0..<min($0 + batchSize, set.rows.count)]
    }
  }

  /// The most tokens that a forward pass has.
  var longestPass: Int { passes.map { $0.reduce(0) { $0 + $1.ids.count } }.max() ?? 0 }
}
