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
  let files: RunFiles
  let events: @Sendable (RunEvent) -> Void

  struct Outcome: Sendable {
    let adapter: LoRAAdapter
    let adapterHash: ContentHash
    let summary: TrainingSummary
  }

  /// Trains and writes `metrics.jsonl` and `adapter/`.
  ///
  /// An interrupt ends it at a step's end; the adapter of that step is written all the same, and the
  /// summary says that it was interrupted.
  func run(
    _ loaded: LoadedModel,
    set: TrainingSet,
    baseModel: String,
    signal: StopSignal
  ) throws -> Outcome {
    let trainer = try LoRATrainer(
      loaded.model,
      set: set,
      configuration: configuration,
      initialAdapter: loaded.adapter
    )
    var log = try files.metricsLog()
    let summary = try trainer.train(
      shouldStop: { signal.isRaised },
      events: { event in
        switch event {
        case .started(let plan): events(.planned(TrainingOutline(plan)))
        case .stepped(let step):
          try log.append(MetricsRow(step, at: Date()).json)
          events(
            .stepped(
              TrainingProgress(
                step: step.step,
                steps: trainer.plan.steps,
                loss: step.loss,
                tokensPerSecond: step.tokensPerSecond
              )
            )
          )
        case .finished: break
        }
      }
    )
    try log.synchronise()
    let hash = try files.write(adapter: trainer.adapter, baseModel: baseModel)
    return Outcome(adapter: trainer.adapter, adapterHash: hash, summary: summary)
  }
}

extension TrainingSummary {
  /// What an interrupt left, in words.
  func kept(at files: RunFiles) -> String {
    "stopped after step \(steps) of \(plannedSteps); kept: the adapter of that step in "
      + "\(files.adapter.path) and metrics.jsonl beside it"
  }
}

extension TrainingConfiguration {
  /// Rows checked against this configuration and a model, before any compute is spent.
  func trainingSet(_ rows: [TrainingRow], for text: ModelText) throws -> TrainingSet {
    let model = text.source.configuration
    return try TrainingSet(
      rows,
      maxLength: maxLength,
      contextLength: model.contextLength,
      truncates: truncation,
      vocabularySize: model.vocabularySize
    )
  }
}
