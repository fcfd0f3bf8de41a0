import DecoderModels
import Experiments
import Files
public import Foundation
import Foundations
import Generation
import Rendering
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
  /// Writes `run_manifest.json`, `metrics.jsonl`, `adapter/`, and `predictions.jsonl` with
  /// `predictions_meta.json` when there are questions. An interrupt keeps the adapter of the last step.
  public func run(
    in workspace: WorkspaceFolder?,
    events: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> TrainingResult {
    let configuration = file.configuration
    let reference = try ModelReference.find(configuration.model, in: workspace)
    let text = try ModelText(reference)
    let rows = try rows(text.encoder)
    let set = try configuration.trainingSet(rows, for: text)
    let asked = try questions.map { try DataFile($0).map { try Question($0, number: $1) } } ?? []
    let prompts = try asked.map { try text.promptTokens($0.messages) }
    let dataHash = try FileHash.sha256(of: data)
    let modelHash = try reference.contentHash()
    return try await EngineThread.shared.run { signal in
      try options.apply()
      let manifest = try manifest(dataHash: dataHash, modelHash: modelHash)
      events(.began("loading \(configuration.model) (\(manifest.compute.dtype))"))
      let loaded = try LoadedModel(
        text,
        adapter: configuration.initialAdapter.map { URL(filePath: $0) } ?? reference.adapter,
        options: options
      )
      if !prompts.isEmpty { try generator(loaded).check(prompts) }
      let files = RunFiles(folder: output)
      try files.begin(manifest, keeping: configuration.initialAdapter)
      let job = TrainingJob(configuration: configuration, files: files, events: events)
      let outcome = try job.run(
        loaded,
        set: set,
        baseModel: reference.publishedName,
        signal: signal
      )
      guard !outcome.summary.wasInterrupted else {
        throw ExecutionError.interrupted(kept: outcome.summary.kept(at: files))
      }
      if !asked.isEmpty {
        try answer(
          zip(asked, prompts).map { ($0, $1) },
          loaded,
          outcome,
          manifest,
          files,
          signal: signal,
          events: events
        )
      }
      return TrainingResult(outcome.summary)
    }
  }

  /// What is needed to train again; asked on the engine thread, once the threads are set.
  private func manifest(dataHash: ContentHash, modelHash: ContentHash) throws -> RunManifest {
    let configuration = file.configuration
    return RunManifest(
      runID: .random(),
      createdAt: Date(),
      recipe: "trace_sft_native",
      datasetKey: nil,
      datasetHash: dataHash,
      model: configuration.model,
      modelHash: modelHash,
      configuration: configuration.json,
      seed: configuration.seed,
      sourceRevision: SourceRevision.current,
      compute: .current(try options.dataType())
    )
  }

  private func rows(_ encoder: RowEncoder) throws -> [TrainingRow] {
    let rows = try DataFile(data).map { json, number in
      do {
        return try encoder.row(json, number: number)
      } catch TrainingDataError.malformed(_, let reason) {
        // The file and the line stand before it.
        throw ExecutionError.input(reason)
      }
    }
    guard !rows.isEmpty else {
      throw ExecutionError.input("\(data.path) has no rows, so there is nothing to train on")
    }
    return rows
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
      kept: "kept: the trained adapter in \(files.adapter.path)",
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
      adapterHash: outcome.adapterHash,
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
