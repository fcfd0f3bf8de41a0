import DecoderModels
import Experiments
import Files
public import Foundation
import Foundations
import Generation
import Rendering
import Tensors
import Training
public import Workspace

/// Training without a database: a configuration, a file of rows, a folder for the results.
public struct FileTraining: Sendable {
  /// What to train and how.
  public let file: TrainingConfigurationFile
  /// The rows, JSON Lines.
  public let data: URL
  /// Where the results go.
  public let output: URL
  /// How the engine computes.
  public let options: EngineOptions
  /// Rows to answer after training, JSON Lines with `messages` or `prompt`; nil for none.
  public var questions: URL?
  /// The most new tokens of an answer.
  public var maxNewTokens = 128
  /// How many questions are answered at once.
  public var batchSize = 16
  /// Where training begins.
  public var start = TrainingStart.beginning

  /// A training.
  public init(
    _ file: TrainingConfigurationFile,
    data: URL,
    output: URL,
    options: EngineOptions
  ) {
    self.file = file
    self.data = data
    self.output = output
    self.options = options
  }

  /// Trains; everything is checked before the first step.
  ///
  /// Writes `run_manifest.json`, `metrics.jsonl`, `training_summary.json`, `adapter/`, a
  /// `checkpoint-<step>/` every `save_steps`, and `predictions.jsonl` with `predictions_meta.json` when
  /// there are questions. An interrupt keeps the adapter of the last step.
  public func run(
    in workspace: WorkspaceFolder?,
    events: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> TrainingResult {
    let plan = try plan(in: workspace)
    return try await EngineThread.shared.run { signal in
      try plan.options.apply()
      return try train(plan, signal: signal, events: events)
    }
  }

  /// What was read and checked before anything is computed.
  private struct Plan: Sendable {
    let reference: ModelReference
    let text: ModelText
    let data: TrainingData
    let questions: [(question: Question, prompt: [Int32])]
    let initial: URL?
    let hashes: [String: String]
    let options: EngineOptions
  }

  private func plan(in workspace: WorkspaceFolder?) throws -> Plan {
    let configuration = file.configuration
    var reference = try ModelReference.find(configuration.model, in: workspace)
    try configuration.prepare(&reference)
    guard !RunFiles(folder: output).wouldReplace(reference.url) else {
      throw ExecutionError.input(
        "\(reference.url.path) is the model to train and where the result would go; give another "
          + "output folder"
      )
    }
    let text = try ModelText(reference)
    let training = try TrainingData(
      try TrainingData.rows(of: data, text.encoder),
      configuration,
      text
    )
    let asked = try questions.map { try DataFile($0).map { try Question($0, number: $1) } } ?? []
    let initial = configuration.adapter(for: reference)
    return Plan(
      reference: reference,
      text: text,
      data: training,
      questions: try asked.map { ($0, try text.promptTokens($0.messages)) },
      initial: initial,
      hashes: try hashes(reference, training, initial),
      options: configuration.finetuningType == .full ? options.forFullTraining : options
    )
  }

  private func train(
    _ plan: Plan,
    signal: StopSignal,
    events: @escaping @Sendable (RunEvent) -> Void
  ) throws -> TrainingResult {
    let configuration = file.configuration
    let files = RunFiles(folder: output)
    let type = try plan.options.dataType()
    let origin = CheckpointOrigin(
      configuration: configuration,
      facts: plan.hashes.merging(["dtype": type.rawValue]) { $1 }
    )
    let checkpoint = try start.checkpoint(in: output)
    let state = try checkpoint.map { try CheckpointFolder.state($0, origin: origin) }
    let earlier = checkpoint == nil ? nil : files.manifest
    let manifest = try manifest(plan.hashes, type: type, resumed: earlier)
    events(.began("loading \(configuration.model) (\(manifest.compute.dtype))"))
    let loaded = try LoadedModel(
      plan.text,
      adapter: plan.initial,
      options: plan.options,
      trainable: configuration.finetuningType == .full
    )
    if !plan.questions.isEmpty { try generator(loaded).check(plan.questions.map(\.prompt)) }
    try files.begin(manifest, keeping: configuration.initialAdapter, from: state)
    if let state, let checkpoint {
      events(.began("going on after step \(state.step), from \(checkpoint.path)"))
    }
    let job = TrainingJob(
      configuration: configuration,
      data: plan.data,
      origin: origin,
      baseModel: plan.reference.publishedName,
      files: files,
      events: events
    )
    let outcome = try job.finish(loaded, from: checkpoint, signal: signal)
    if !plan.questions.isEmpty {
      try answer(
        plan.questions.map { ($0.question, $0.prompt) },
        loaded,
        outcome,
        manifest,
        files,
        signal: signal,
        events: events
      )
    }
    return TrainingResult(outcome.summary, product: outcome.folder.lastPathComponent)
  }

  /// The content that the result depends on, by the names that a checkpoint keeps.
  private func hashes(
    _ reference: ModelReference,
    _ training: TrainingData,
    _ initial: URL?
  ) throws -> [String: String] {
    try training.facts(
      data: try FileHash.sha256(of: data),
      model: try reference.contentHash(),
      initialAdapter: initial
    )
  }

  /// What is needed to train again; asked on the engine thread, once the threads are set.
  ///
  /// A run that goes on keeps its name and its beginning.
  private func manifest(
    _ hashes: [String: String],
    type: DataType,
    resumed: RunManifest?
  ) throws -> RunManifest {
    let configuration = file.configuration
    func hash(_ name: String) throws -> ContentHash {
      guard let hash = hashes[name].flatMap(ContentHash.init(hex:)) else {
        preconditionFailure("\(name) was computed before")
      }
      return hash
    }
    return RunManifest(
      runID: resumed?.runID ?? .random(),
      createdAt: resumed?.createdAt ?? Date(),
      recipe: "trace_sft_native",
      datasetKey: nil,
      datasetHash: try hash("data_sha256"),
      model: configuration.model,
      modelHash: try hash("model_sha256"),
      configuration: configuration.json,
      seed: configuration.seed,
      randomStreams: RandomStreams(seed: configuration.seed).json,
      sourceRevision: SourceRevision.current,
      compute: .current(type)
    )
  }

  private func generator(
    _ loaded: LoadedModel,
    adapter: LoRAAdapter? = nil
  ) throws -> AnswerGenerator {
    try loaded.generator(
      GenerationSettings(maxNewTokens: maxNewTokens, batchSize: batchSize),
      seed: file.configuration.seed,
      adapter: adapter
    )
  }

  private func answer(
    _ questions: [(Question, prompt: [Int32])],
    _ loaded: LoadedModel,
    _ outcome: TrainingJob.Outcome,
    _ manifest: RunManifest,
    _ files: RunFiles,
    signal: StopSignal,
    events: @escaping @Sendable (RunEvent) -> Void
  ) throws {
    events(.began("answering \(questions.count) questions greedily"))
    let generator = try generator(loaded, adapter: outcome.adapter)
    let answers = try generator.answer(
      questions.map { generator.request($0.prompt, item: $0.0.id) },
      until: signal,
      kept: "kept: the trained \(outcome.folder.lastPathComponent) in \(outcome.folder.path)",
      progress: {
        events(.generated(finished: $0.finished, total: $0.total, newTokens: $0.newTokens))
      }
    ).sequences
    let predictions = zip(questions, answers).map { question, answer in
      Prediction(
        traceID: question.0.id,
        promptTokens: question.prompt.count,
        answer: answer
      )
    }
    let meta = PredictionsMeta(
      manifest: manifest,
      adapterHash: outcome.adapter == nil ? nil : outcome.parametersHash,
      settings: GenerationSettings(maxNewTokens: maxNewTokens, batchSize: batchSize),
      endTokens: loaded.text.endTokens,
      template: try loaded.text.chatTemplate().rawValue,
      instruction: nil,
      count: answers.count
    )
    try files.write(predictions: predictions.map(\.json), meta: meta.json)
  }
}

/// A row that is only asked: `messages` up to the question, or `prompt`.
private struct Question: Sendable {
  let id: String
  let messages: [ChatMessage]

  init(_ json: JSONValue, number: Int) throws {
    id =
      json["trace_id"]?.string ?? json["id"]?.string
      ?? json["metadata"]?["source_trace_id"]?.string ?? "row-\(number)"
    if let list = json["messages"] {
      var all = try ChatMessage.messages(json: list)
      if all.last?.role == .assistant { all.removeLast() }
      messages = all
    } else if let prompt = json["prompt"]?.string {
      messages = [ChatMessage(role: .user, content: prompt)]
    } else {
      throw ExecutionError.input("row \(number) has neither messages nor prompt")
    }
  }
}
