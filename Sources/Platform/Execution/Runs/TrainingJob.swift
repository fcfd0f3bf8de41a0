import DecoderModels
import Experiments
import Files
import Foundation
import Foundations
import ModelFormats
import Training

/// One training on the engine thread: rows in, an adapter and a log of steps out.
struct TrainingJob {
  let configuration: TrainingConfiguration
  let data: TrainingData
  let origin: CheckpointOrigin
  let baseModel: String
  let files: RunFiles
  let events: @Sendable (RunEvent) -> Void

  struct Outcome: Sendable {
    /// The trained adapter; nil where all weights were trained, in place.
    let adapter: LoRAAdapter?
    /// Where the result was written.
    let folder: URL
    /// The hash of the file of the parameters.
    let parametersHash: ContentHash
    let summary: TrainingSummary
  }

  /// Trains to the end; what an interrupt kept is told as an error.
  func finish(
    _ loaded: LoadedModel,
    from checkpoint: URL?,
    signal: StopSignal,
    hint: String = ""
  ) throws -> Outcome {
    let outcome = try run(loaded, from: checkpoint, signal: signal)
    guard !outcome.summary.wasInterrupted else {
      throw ExecutionError.interrupted(kept: outcome.kept(at: files) + hint)
    }
    return outcome
  }

  /// Trains and writes `metrics.jsonl`, `training_summary.json`, checkpoints where they are asked
  /// for, and `adapter/`, or `model/` where all weights were trained.
  ///
  /// An interrupt ends it at a step's end; the adapter of that step is written all the same, and the
  /// summary says that it was interrupted.
  func run(_ loaded: LoadedModel, from folder: URL?, signal: StopSignal) throws -> Outcome {
    let trainer = try Trainer(
      loaded.model,
      set: data.set,
      evaluationSet: data.evaluation,
      configuration: configuration,
      initialAdapter: loaded.adapter,
      residentBytes: MachineMemory.residentBytes,
      memoryLimit: MachineMemory.limit(for: configuration)
    )
    var checkpoint = try folder.map {
      try CheckpointFolder.read($0, of: trainer.trained, origin: origin)
    }
    let resumedStep = checkpoint?.state.step
    let plan = trainer.plan
    var log = try files.metricsLog()
    let summary = try trainer.train(
      from: checkpoint.take(),
      shouldStop: { signal.isRaised },
      events: { try tell($0, trainer, plan, &log) }
    )
    try log.synchronise()
    let hash = try write(trainer, loaded)
    try files.write(
      summary: TrainingReport(
        plan: plan,
        summary: summary,
        streams: RandomStreams(seed: configuration.seed).json,
        resumedStep: resumedStep,
        parametersHash: hash
      ).json
    )
    return Outcome(
      adapter: trainer.adapter,
      folder: trainer.adapter == nil ? files.model : files.adapter,
      parametersHash: hash,
      summary: summary
    )
  }

  private func write(_ trainer: Trainer, _ loaded: LoadedModel) throws -> ContentHash {
    if let adapter = trainer.adapter {
      return try files.write(adapter: adapter, baseModel: baseModel)
    }
    guard let weights = TrainedWeights(loaded.model) else {
      preconditionFailure("what is no adapter is the whole model")
    }
    return try files.write(weights, of: loaded.text.source)
  }

  private func tell(
    _ event: TrainingEvent,
    _ trainer: Trainer,
    _ plan: TrainingPlan,
    _ log: inout AppendLog
  ) throws {
    switch event {
    case .started(let plan): events(.planned(TrainingOutline(plan)))
    case .stepped(let step):
      try log.append(MetricsRow(step).json)
      events(
        .stepped(
          TrainingProgress(
            step: step.step,
            steps: plan.steps,
            loss: step.loss,
            tokensPerSecond: step.tokensPerSecond,
            evalLoss: step.evalLoss
          )
        )
      )
    case .checkpointDue(let checkpoint):
      try CheckpointFolder.write(
        checkpoint,
        of: trainer.trained,
        origin: origin,
        baseModel: baseModel,
        in: files.folder,
        keeping: configuration.saveTotalLimit
      )
    case .finished: break
    }
  }
}

extension TrainingJob.Outcome {
  /// What an interrupt left, in words.
  func kept(at files: RunFiles) -> String {
    "stopped after step \(summary.steps) of \(summary.plannedSteps); kept: the "
      + "\(folder.lastPathComponent) of that step in \(folder.path) and metrics.jsonl beside it"
  }
}
