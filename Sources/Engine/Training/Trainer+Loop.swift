import DecoderModels
internal import Foundation
internal import Tensors

extension Trainer {
  /// Trains, from the beginning or from a checkpoint; `shouldStop` is asked at every step's end, and
  /// stopping there keeps what was learned.
  ///
  /// A run that goes on from a checkpoint takes the very steps that the uninterrupted run takes, bit for bit.
  public func train(
    from checkpoint: consuming Checkpoint? = nil,
    shouldStop: () -> Bool = { false },
    events: (TrainingEvent) throws -> Void
  ) throws -> TrainingSummary {
    // Its blocks are copied; a large model's need not stay for the whole training.
    var state = State(self, consume checkpoint)
    let first = state.step
    var saved = first
    try events(.started(plan(from: first)))
    while state.step < totalSteps, !state.stopping.isExhausted {
      if state.step > first && shouldStop() { break }
      try events(.stepped(try take(&state)))
      if let every = configuration.saveSteps, state.step % every == 0 {
        try events(.checkpointDue(snapshot(state)))
        saved = state.step
      }
    }
    let ending = ending(state)
    if ending == .interrupted && configuration.saveSteps != nil && saved != state.step {
      try events(.checkpointDue(snapshot(state)))
    }
    let summary = summary(state, ending, kept: keepBest(state, ending))
    try events(.finished(summary))
    return summary
  }

  /// What changes from step to step.
  struct State {
    let optimiser: Optimiser
    var steps: StepPlan
    var tape = TrainingTape()
    var history: [StepMetrics] = []
    var stopping: EarlyStopping
    var best: FloatStorage?

    /// Steps taken.
    var step: Int { history.count }

    init(_ trainer: Trainer, _ checkpoint: Checkpoint?) {
      let configuration = trainer.configuration
      optimiser = Optimiser(trainer.trained, configuration: configuration)
      steps = trainer.steps
      tape.checkpointsActivations = trainer.memory.checkpointsActivations
      stopping = EarlyStopping(
        patience: configuration.earlyStoppingPatience,
        threshold: configuration.earlyStoppingThreshold
      )
      guard let checkpoint else { return }
      checkpoint.parameters.copy(to: trainer.trained.parameters)
      checkpoint.firstMoment.copy(to: optimiser.firstMoment)
      checkpoint.secondMoment.copy(to: optimiser.secondMoment)
      history = checkpoint.state.history
      stopping.restore(best: checkpoint.state.best, waited: checkpoint.state.waited)
      guard configuration.loadBestModelAtEnd, stopping.best != nil else { return }
      // Where no best parameters were kept apart, they are those of the checkpoint's step.
      let kept = FloatStorage(count: trainer.trained.parameters.count)
      (checkpoint.best ?? checkpoint.parameters).copy(to: kept)
      best = kept
    }
  }

  private func ending(_ state: State) -> TrainingSummary.Ending {
    if state.step == totalSteps { return .completed }
    return state.stopping.isExhausted ? .stoppedEarly : .interrupted
  }

  /// Puts the best parameters back where that was asked for, and says which step's parameters stay.
  private func keepBest(_ state: State, _ ending: TrainingSummary.Ending) -> Int {
    guard ending != .interrupted, let best = state.best, let step = state.stopping.best?.step else {
      return state.step
    }
    best.copy(to: trained.parameters)
    return step
  }

  private func summary(
    _ state: State,
    _ ending: TrainingSummary.Ending,
    kept: Int
  ) -> TrainingSummary {
    let losses = state.history.map(\.loss)
    return TrainingSummary(
      steps: state.step,
      plannedSteps: totalSteps,
      ending: ending,
      firstLoss: losses.first ?? 0,
      finalLoss: losses.last ?? 0,
      meanLoss: losses.reduce(0, +) / Double(max(1, losses.count)),
      finalEvalLoss: state.history.last { $0.evalLoss != nil }?.evalLoss,
      best: state.stopping.best,
      keptStep: kept,
      numTokens: state.history.last?.numTokens ?? 0,
      seconds: state.history.reduce(0) { $0 + $1.seconds }
    )
  }

  private func snapshot(_ state: State) -> Checkpoint {
    let isBest = state.stopping.best?.step == state.step
    return Checkpoint(
      state: CheckpointState(
        history: state.history,
        best: state.stopping.best,
        waited: state.stopping.waited,
        epoch: state.step / steps.stepsPerEpoch
      ),
      parameters: trained.parameters,
      firstMoment: state.optimiser.firstMoment,
      secondMoment: state.optimiser.secondMoment,
      best: isBest ? nil : state.best
    )
  }

  /// One optimiser step, and the evaluation that is due after it.
  private func take(_ state: inout State) throws -> StepMetrics {
    let start = ContinuousClock().now
    let index = state.step
    let passes = state.steps.passes(of: index).map { $0.map { set.rows[$0] } }
    let (loss, gradNorm) = try accumulate(passes, &state)
    guard loss.isFinite, gradNorm.isFinite else {
      throw Failure.notANumber(step: index + 1, loss: loss, gradNorm: gradNorm)
    }
    let rate = schedule.rate(at: index)
    let limit = configuration.maxGradNorm
    // The field's clipping: the limit over the norm plus 1e-6, at most 1.
    let clip = limit > 0 ? min(1, limit / (gradNorm + 1e-6)) : 1
    state.optimiser.step(index + 1, learningRate: rate, gradientScale: clip)
    let tokens = passes.reduce(0) { $0 + $1.reduce(0) { $0 + $1.ids.count } }
    let elapsed = ContinuousClock().now - start
    var metrics = StepMetrics(
      step: index + 1,
      epoch: Double(index + 1) / Double(steps.stepsPerEpoch),
      loss: loss,
      learningRate: rate,
      gradNorm: gradNorm,
      tokens: tokens,
      numTokens: tokens + (state.history.last?.numTokens ?? 0),
      seconds: Double(elapsed.components.seconds)
        + Double(elapsed.components.attoseconds) * 1e-18,
      endedAt: Date()
    )
    metrics.evalLoss = try evaluate(after: index + 1, &state)
    state.history.append(metrics)
    return metrics
  }

  /// The loss and the gradient's norm of one step's rows.
  private func accumulate(
    _ passes: [[TrainingRow]],
    _ state: inout State
  ) throws -> (loss: Double, gradNorm: Double) {
    let supervised = passes.reduce(0) { $0 + $1.reduce(0) { $0 + $1.supervisedCount } }
    let streams = RandomStreams(seed: configuration.seed)
    let step = state.step
    state.optimiser.clearGradients()
    var sum = 0.0
    for (index, rows) in passes.enumerated() {
      let losses = try learn(
        rows,
        gradients: state.optimiser.gradients,
        lossScale: 1 / Float(supervised),
        dropoutSeed: streams.dropoutSeed(step: step, pass: index),
        tape: &state.tape
      )
      sum += losses.reduce(0) { $0 + Double($1) }
    }
    return (sum / Double(supervised), state.optimiser.gradientNorm)
  }

  /// The evaluation loss where one is due: the sum of all supervised tokens' losses over their number.
  private func evaluate(after step: Int, _ state: inout State) throws -> Double? {
    guard let evaluation, evaluation.isDue(after: step, of: totalSteps) else { return nil }
    var sum = 0.0
    for rows in evaluation.passes {
      sum += try losses(rows, tape: &state.tape).reduce(0) { $0 + Double($1) }
    }
    let loss = sum / Double(evaluation.set.supervisedCount)
    guard loss.isFinite else { throw Failure.evaluationNotANumber(step: step) }
    state.stopping.evaluated(loss, after: step)
    if configuration.loadBestModelAtEnd && state.stopping.best?.step == step {
      let kept = state.best ?? FloatStorage(count: trained.parameters.count)
      trained.parameters.copy(to: kept)
      state.best = kept
    }
    return loss
  }
}

extension FloatStorage {
  /// Copies all values to a block of the same size.
  fileprivate func copy(to other: FloatStorage) {
    guard other !== self else { return }
    Tensors.copy(
      Matrix(storage: self, rows: 1, columns: count),
      to: Matrix(storage: other, rows: 1, columns: count)
    )
  }
}
