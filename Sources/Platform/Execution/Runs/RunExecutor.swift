import DecoderModels
public import Experiments
import Files
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
    try await attempt(run, goesOn: false)
  }

  /// Goes on with a run that did not complete: its process was killed, or it was stopped or failed.
  ///
  /// Training goes on from the newest checkpoint, with the first step where there is none; the run ends
  /// with the very files of one that was never stopped. Throws where another process computes it.
  public func resume(_ run: Run) async throws -> Run {
    guard run.status.state != .completed else {
      throw WorkspaceError.wrongState(
        run: run.id.text,
        status: run.status.state.rawValue,
        needed: "only a run that did not complete can go on"
      )
    }
    return try await attempt(run, goesOn: true)
  }

  private func attempt(_ run: Run, goesOn: Bool) async throws -> Run {
    let folder = workspace.runs.folder(of: run.id)
    guard let lock = try FileLock(at: folder.appending(path: ".lock")) else {
      throw ExecutionError.contradiction("run \(run.id) is at work in another process")
    }
    // Held to the end: whoever asks meanwhile must not take the run for a dead one.
    defer { withExtendedLifetime(lock) {} }
    do {
      return try await EngineThread.shared.run { [self] signal in
        try compute(run, goesOn: goesOn, signal)
      }
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

  private func compute(_ run: Run, goesOn: Bool, _ signal: StopSignal) throws -> Run {
    let context = try RunContext(
      run,
      in: workspace,
      threads: threads,
      startedAt: try goesOn ? workspace.runs.manifest(of: run.id)?.createdAt : nil
    )
    let files = RunFiles(folder: workspace.runs.folder(of: run.id))
    let job = try context.training.map { try makeJob($0, context, files) }
    let checkpoint = goesOn && job != nil ? try CheckpointFolder.all(in: files.folder).last : nil
    let state = try job.flatMap { job in
      try checkpoint.map { try CheckpointFolder.state($0, origin: job.origin) }
    }
    if goesOn {
      try workspace.runs.resumed(run.id, manifest: context.manifest)
    } else {
      try workspace.runs.started(run.id, manifest: context.manifest)
    }
    try files.begin(context.manifest, from: state)
    events(.began("loading \(run.specification.model) (\(context.manifest.compute.dtype))"))
    let loaded = try LoadedModel(
      context.text,
      adapter: context.initialAdapter,
      options: context.options,
      trainable: job?.configuration.finetuningType == .full
    )
    try generator(context, loaded, adapter: nil).check(context.prompts)
    let trained = try job.map { try train($0, loaded, from: checkpoint, after: state, signal) }
    var metrics = trained.map { Self.metrics(of: $0.summary) } ?? []
    let start = ContinuousClock().now
    let (predictions, statistics) = try answer(context, loaded, trained, files, signal)
    metrics += Self.metrics(of: statistics, seconds: start.secondsSince)
    try files.write(
      predictions: predictions.map(\.json),
      meta: context.meta(
        adapterHash: trained?.adapter == nil ? nil : trained?.parametersHash,
        count: predictions.count
      ).json
    )
    let items = try judge(context, predictions)
    metrics = Self.metrics(of: items) + metrics
    return try workspace.runs.completed(run.id, items: items, metrics: .object(metrics))
  }

  private func makeJob(
    _ training: RunContext.Training,
    _ context: RunContext,
    _ files: RunFiles
  ) throws -> TrainingJob {
    let facts = try training.data.facts(
      data: context.manifest.datasetHash,
      model: context.manifest.modelHash,
      initialAdapter: context.initialAdapter
    )
    return TrainingJob(
      configuration: training.configuration,
      data: training.data,
      origin: CheckpointOrigin(
        configuration: training.configuration,
        facts: facts.merging(["dtype": context.manifest.compute.dtype]) { $1 }
      ),
      baseModel: context.baseName,
      files: files,
      events: events
    )
  }

  private func train(
    _ job: TrainingJob,
    _ loaded: LoadedModel,
    from checkpoint: URL?,
    after state: CheckpointState?,
    _ signal: StopSignal
  ) throws -> TrainingJob.Outcome {
    events(.began("training on \(job.data.set.rows.count) examples"))
    if let state, let checkpoint {
      events(.began("going on after step \(state.step), from \(checkpoint.path)"))
    }
    return try job.finish(
      loaded,
      from: checkpoint,
      signal: signal,
      hint: "; go on with: tunix-rt run resume \(job.files.folder.lastPathComponent)"
    )
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
        ? "nothing was kept"
        : "kept: the trained \(trained?.folder.lastPathComponent ?? "") in "
          + (trained?.folder.path ?? ""),
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
