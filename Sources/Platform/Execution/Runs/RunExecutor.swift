import DecoderModels
public import Experiments
import Foundation
import Foundations
import Generation
import Judging
import Rendering
import Traces
import Training
public import Workspace

/// Computes a run of the workspace with the native engine: trains if asked, answers the test items,
/// judges, stores.
public struct RunExecutor: Sendable {
  let workspace: WorkspaceFolder
  let threads: Int?
  let events: @Sendable (RunEvent) -> Void

  /// The question and answer format of every run; base and trained get the very same prompt.
  static let rendering = TraceRendering()

  /// An executor.
  public init(
    _ workspace: WorkspaceFolder,
    threads: Int? = nil,
    events: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.workspace = workspace
    self.threads = threads
    self.events = events
  }

  /// Computes a pending run; however it ends, its state says so.
  public func execute(_ run: Run) async throws -> Run {
    do {
      return try await EngineThread.shared.run { [self] signal in try compute(run, signal) }
    } catch {
      // Why the run stopped matters more than a state that cannot be written as well.
      try? store(error, of: run)
      throw error
    }
  }

  /// A run that never began can fail too; its state machine knows that.
  private func store(_ error: any Error, of run: Run) throws {
    switch error {
    case is CancellationError:
      try workspace.runs.cancelled(run.id, reason: "interrupted; nothing was kept")
    case ExecutionError.interrupted(let kept):
      try workspace.runs.cancelled(run.id, reason: kept)
    default:
      try workspace.runs.failed(run.id, reason: "\(error)")
    }
  }

  private func compute(_ run: Run, _ signal: StopSignal) throws -> Run {
    let context = try RunContext(run, in: workspace, threads: threads)
    let files = RunFiles(folder: workspace.runs.folder(of: run.id))
    try workspace.runs.started(run.id, manifest: context.manifest)
    try files.begin(context.manifest)
    events(.began("loading \(run.specification.model) (\(context.manifest.compute.dtype))"))
    let loaded = try LoadedModel(
      context.text,
      adapter: context.initialAdapter,
      options: context.options
    )
    try generator(context, loaded, adapter: nil).check(context.prompts)
    var metrics: [JSONValue.Member] = []
    var trained: TrainingJob.Outcome?
    if let training = context.training {
      let outcome = try train(context, training, loaded, files, signal)
      metrics += Self.metrics(of: outcome.summary)
      trained = outcome
    }
    let start = ContinuousClock().now
    let (predictions, statistics) = try answer(context, loaded, trained, files, signal)
    metrics += Self.metrics(of: statistics, seconds: start.secondsSince)
    try files.write(
      predictions: predictions.map(\.json),
      meta: context.meta(adapterHash: trained?.parametersHash, count: predictions.count).json
    )
    let items = try judge(context, predictions)
    metrics = Self.metrics(of: items) + metrics
    return try workspace.runs.completed(run.id, items: items, metrics: .object(metrics))
  }

  private func train(
    _ context: RunContext,
    _ training: RunContext.Training,
    _ loaded: LoadedModel,
    _ files: RunFiles,
    _ signal: StopSignal
  ) throws -> TrainingJob.Outcome {
    events(.began("training on \(training.data.set.rows.count) examples"))
    let job = TrainingJob(
      configuration: training.configuration,
      data: training.data,
      origin: CheckpointOrigin(
        configuration: training.configuration,
        facts: [
          "data_sha256": context.manifest.datasetHash.hex,
          "model_sha256": context.manifest.modelHash.hex, "dtype": context.manifest.compute.dtype,
        ]
      ),
      baseModel: context.baseName,
      files: files,
      events: events
    )
    let outcome = try job.run(loaded, from: nil, signal: signal)
    guard !outcome.summary.wasInterrupted else {
      throw ExecutionError.interrupted(kept: outcome.kept(at: files))
    }
    return outcome
  }

  private func generator(
    _ context: RunContext,
    _ loaded: LoadedModel,
    adapter: LoRAAdapter?
  ) throws -> AnswerGenerator {
    let specification = context.run.specification
    return try loaded.generator(
      specification.generation,
      seed: specification.seed,
      adapter: adapter
    )
  }

  private func answer(
    _ context: RunContext,
    _ loaded: LoadedModel,
    _ trained: TrainingJob.Outcome?,
    _ files: RunFiles,
    _ signal: StopSignal
  ) throws -> ([Prediction], GenerationStatistics) {
    let prompts = context.prompts
    let isGreedy = context.run.specification.generation.sampling.temperature == 0
    events(.began("answering \(prompts.count) test items\(isGreedy ? " greedily" : "")"))
    let generator = try generator(context, loaded, adapter: trained?.adapter)
    let result = try generator.answer(
      zip(context.testTraces, prompts).map { generator.request($1, item: $0.id.text) },
      until: signal,
      kept: trained == nil
        ? "nothing was kept" : "kept: the trained adapter in \(files.adapter.path)",
      progress: {
        events(.generated(finished: $0.finished, total: $0.total, newTokens: $0.newTokens))
      }
    )
    let predictions = zip(context.testTraces, zip(prompts, result.sequences)).map { stored, pair in
      Prediction(traceID: stored.id.text, promptTokens: pair.0.count, answer: pair.1)
    }
    return (predictions, result.statistics)
  }

  private func judge(_ context: RunContext, _ predictions: [Prediction]) throws -> [RunItem] {
    let judge = try Judges.named(context.run.specification.judge.description)
    return zip(context.testTraces, predictions).map { stored, prediction in
      RunItem(
        itemID: stored.id.text,
        category: stored.trace.category,
        prompt: TraceRendering.prompt(
          for: stored.trace,
          instruction: Self.rendering.instruction
        ),
        expected: stored.trace.finalAnswer,
        prediction: prediction.answer.text,
        finishReason: prediction.answer.finishReason.rawValue,
        promptTokens: prediction.promptTokens,
        newTokens: prediction.answer.ids.count,
        judgement: judge.judge(
          prediction: prediction.answer.text,
          expected: stored.trace.finalAnswer
        )
      )
    }
  }
}

extension ContinuousClock.Instant {
  /// Seconds from this instant to now.
  var secondsSince: Double {
    let elapsed = ContinuousClock().now - self
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }
}
