public import DecoderModels
internal import Foundations
internal import ModelFormats
internal import Tensors

/// Trains a low-rank adapter on the rows of a set.
///
/// A step adds up the gradients of its forward passes, each divided by the supervised tokens of the
/// whole step, so that accumulation equals the full batch; clips; and takes one step of AdamW.
public struct LoRATrainer: Sendable {
  /// What is trained.
  public let adapter: LoRAAdapter
  private let model: any DecoderModel
  private let configuration: TrainingConfiguration
  private let set: TrainingSet

  /// Why training stopped by itself.
  public enum Failure: Error, Sendable, CustomStringConvertible {
    /// A loss or a gradient is not a number.
    case notANumber(step: Int, loss: Double, gradNorm: Double)

    /// What was wrong and what to do.
    public var description: String {
      switch self {
      case .notANumber(let step, let loss, let gradNorm):
        "step \(step) diverged (loss \(loss), gradient norm \(gradNorm)); nothing was saved. "
          + "Lower learning_rate or set max_grad_norm"
      }
    }
  }

  /// A trainer; a fresh adapter is drawn from the seed's stream `lora_init` unless one is given.
  public init(
    _ model: any DecoderModel,
    set: TrainingSet,
    configuration: TrainingConfiguration,
    initialAdapter: LoRAAdapter? = nil
  ) throws(ModelError) {
    self.model = model
    self.set = set
    self.configuration = configuration
    if let initialAdapter {
      adapter = initialAdapter
    } else {
      var stream = RandomStream(seed: configuration.seed, name: "lora_init")
      adapter = try LoRAAdapter(
        try configuration.lora(),
        model: model.configuration,
        random: &stream
      )
    }
  }

  /// What a run is going to do.
  public var plan: TrainingPlan {
    TrainingPlan(
      rows: set.rows.count,
      tokens: set.tokenCount,
      supervisedTokens: set.supervisedCount,
      steps: totalSteps,
      rowsPerStep: rowsPerStep,
      trainableParameters: adapter.parameterCount,
      truncatedRows: set.truncatedCount,
      warmupSteps: schedule.warmupSteps
    )
  }

  private var rowsPerStep: Int {
    configuration.perDeviceTrainBatchSize * configuration.gradientAccumulationSteps
  }

  private var stepsPerEpoch: Int { (set.rows.count + rowsPerStep - 1) / rowsPerStep }

  private var totalSteps: Int {
    configuration.maxSteps
      ?? max(1, Int((configuration.numTrainEpochs * Double(stepsPerEpoch)).rounded(.up)))
  }

  private var schedule: LearningRateSchedule {
    LearningRateSchedule(configuration, totalSteps: totalSteps)
  }

  /// Trains; `shouldStop` is asked at every step's end, and stopping there keeps what was learned.
  public func train(
    shouldStop: () -> Bool = { false },
    events: (TrainingEvent) throws -> Void
  ) throws -> TrainingSummary {
    try events(.started(plan))
    var state = State(parameterCount: adapter.parameterCount)
    var losses: [Double] = []
    for step in 0..<totalSteps {
      if step > 0 && shouldStop() { break }
      let metrics = try take(step, &state)
      losses.append(metrics.loss)
      try events(.stepped(metrics))
    }
    let summary = TrainingSummary(
      steps: losses.count,
      plannedSteps: totalSteps,
      firstLoss: losses.first ?? 0,
      finalLoss: losses.last ?? 0,
      meanLoss: losses.reduce(0, +) / Double(max(1, losses.count)),
      numTokens: state.tokens,
      seconds: state.seconds
    )
    try events(.finished(summary))
    return summary
  }

  private struct State {
    let gradients: FloatStorage
    let firstMoment: FloatStorage
    let secondMoment: FloatStorage
    var tape = TrainingTape()
    var order: [Int] = []
    var orderEpoch = -1
    var tokens = 0
    var seconds = 0.0

    init(parameterCount: Int) {
      gradients = FloatStorage(count: parameterCount)
      firstMoment = FloatStorage(count: parameterCount)
      secondMoment = FloatStorage(count: parameterCount)
    }
  }

  private func take(_ step: Int, _ state: inout State) throws -> StepMetrics {
    let clock = ContinuousClock()
    let start = clock.now
    let rows = rows(of: step, &state)
    let supervised = rows.reduce(0) { $0 + $1.supervisedCount }
    let (loss, gradNorm) = try accumulate(rows, supervised, &state)
    guard loss.isFinite, gradNorm.isFinite else {
      throw Failure.notANumber(step: step + 1, loss: loss, gradNorm: gradNorm)
    }
    let rate = schedule.rate(at: step)
    let limit = configuration.maxGradNorm
    // The field's clipping: the limit over the norm plus 1e-6, at most 1.
    let clip = limit > 0 ? min(1, limit / (gradNorm + 1e-6)) : 1
    AdamW(weightDecay: Float(configuration.weightDecay)).step(
      step + 1,
      learningRate: Float(rate),
      parameters: adapter.parameters,
      gradients: state.gradients,
      firstMoment: state.firstMoment,
      secondMoment: state.secondMoment,
      gradientScale: Float(clip)
    )
    let tokens = rows.reduce(0) { $0 + $1.ids.count }
    let elapsed = clock.now - start
    let seconds =
      Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    state.tokens += tokens
    state.seconds += seconds
    return StepMetrics(
      step: step + 1,
      epoch: Double(step + 1) / Double(stepsPerEpoch),
      loss: loss,
      learningRate: rate,
      gradNorm: gradNorm,
      tokensPerSecond: Double(tokens) / seconds,
      numTokens: state.tokens,
      seconds: seconds
    )
  }

  /// The loss and the gradient's norm of one step's rows.
  private func accumulate(
    _ rows: [TrainingRow],
    _ supervised: Int,
    _ state: inout State
  ) throws -> (loss: Double, gradNorm: Double) {
    let view = Matrix(storage: state.gradients, rows: 1, columns: state.gradients.count)
    fill(view, with: 0)
    let size = configuration.perDeviceTrainBatchSize
    var sum = 0.0
    for start in stride(from: 0, to: rows.count, by: size) {
      let part = rows[start..<min(start + size, rows.count)]
      let batch = TokenBatch(part.map { ($0.ids, $0.isSupervised) })
      let losses = try model.lossesAndGradients(
        batch,
        adapter: adapter,
        gradients: state.gradients,
        lossScale: 1 / Float(supervised),
        dropout: nil,
        tape: &state.tape
      )
      sum += losses.reduce(0) { $0 + Double($1) }
    }
    let norm = sumOfSquares(state.gradients, count: state.gradients.count).squareRoot()
    return (sum / Double(supervised), norm)
  }

  /// The rows of a step; an epoch's last step may have fewer.
  private func rows(of step: Int, _ state: inout State) -> [TrainingRow] {
    let epoch = step / stepsPerEpoch
    if state.orderEpoch != epoch {
      state.order = set.order(seed: configuration.seed, epoch: epoch)
      state.orderEpoch = epoch
    }
    let start = step % stepsPerEpoch * rowsPerStep
    return state.order[start..<min(start + rowsPerStep, set.rows.count)].map { set.rows[$0] }
  }
}
