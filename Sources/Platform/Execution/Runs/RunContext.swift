import Datasets
import Experiments
import Foundation
import Foundations
import Judging
import Rendering
import Traces
import Training
import Workspace

/// Everything that a run needs, looked up and checked before any compute is spent.
struct RunContext {
  /// What a training run learns, and how.
  struct Training {
    let configuration: TrainingConfiguration
    let data: TrainingData
  }

  let run: Run
  let text: ModelText
  let training: Training?
  let options: EngineOptions
  let testTraces: [StoredTrace]
  /// The test items' questions as tokens, in the items' order.
  let prompts: [[Int32]]
  let manifest: RunManifest
  let initialAdapter: URL?
  /// The base model's name as an adapter carries it.
  let baseName: String

  /// Looks a run up; one that goes on keeps the time at which it began first.
  init(_ run: Run, in workspace: WorkspaceFolder, threads: Int?, startedAt: Date?) throws {
    let specification = run.specification
    let key = specification.datasetKey
    let configuration = try specification.trainingConfiguration()
    var reference = try ModelReference.find(specification.model, in: workspace)
    try configuration?.prepare(&reference)
    if let name = specification.chatTemplate {
      reference.chatTemplate = try ChatTemplate(named: name)
    }
    self.run = run
    let text = try ModelText(reference)
    self.text = text
    training = try configuration.map {
      try Self.training($0, try workspace.datasets.traces(of: key, in: .train), text)
    }
    let asked = EngineOptions(dtype: specification.generation.dtype, threads: threads)
    options = configuration?.finetuningType == .full ? asked.forFullTraining : asked
    testTraces = try workspace.datasets.traces(of: key, in: .test)
    guard !testTraces.isEmpty else {
      throw ExecutionError.input(
        "dataset \(key) has no test items; build it with --test-count"
      )
    }
    prompts = try testTraces.map {
      try text.promptTokens(RunExecutor.rendering.question(of: $0.trace))
    }
    initialAdapter = configuration.map { $0.adapter(for: reference) } ?? reference.adapter
    baseName = reference.publishedName
    try options.apply()
    manifest = RunManifest(
      runID: run.id,
      createdAt: startedAt ?? Date(),
      recipe: training == nil ? "inference_native" : "trace_sft_native",
      datasetKey: key,
      datasetHash: run.datasetHash,
      model: specification.model,
      modelHash: try reference.contentHash(),
      configuration: Self.configuration(
        of: specification,
        training: configuration,
        template: try text.chatTemplate()
      ),
      seed: specification.seed,
      randomStreams: training.map { RandomStreams(seed: $0.configuration.seed).json },
      sourceRevision: SourceRevision.current,
      compute: .current(try options.dataType())
    )
  }

  func meta(adapterHash: ContentHash?, count: Int) throws -> PredictionsMeta {
    PredictionsMeta(
      manifest: manifest,
      adapterHash: adapterHash,
      settings: run.specification.generation,
      endTokens: text.endTokens,
      template: try text.chatTemplate().rawValue,
      instruction: RunExecutor.rendering.instruction.rawValue,
      count: count
    )
  }

  private static func training(
    _ configuration: TrainingConfiguration,
    _ traces: [StoredTrace],
    _ text: ModelText
  ) throws -> Training {
    let template = try text.chatTemplate()
    let encoder = text.encoder
    let rows = try traces.map { stored in
      let example = RunExecutor.rendering.example(of: stored.trace)
      return encoder.row(
        try template.render(example, addGenerationPrompt: false),
        group: GroupKey.of(stored.trace)
      )
    }
    return Training(
      configuration: configuration,
      data: try TrainingData(rows, configuration, text)
    )
  }

  /// The configuration as it was used, with what every run does the same way.
  private static func configuration(
    of specification: RunSpecification,
    training: TrainingConfiguration?,
    template: ChatTemplate
  ) -> JSONValue {
    [
      "training": training?.json ?? .null,
      "generation": specification.json["generation"] ?? .null,
      "judge": .string(specification.judge.description),
      "instruction": .string(RunExecutor.rendering.instruction.rawValue),
      "reasoning_style": .string(RunExecutor.rendering.style.rawValue),
      "chat_template": .string(template.rawValue),
    ]
  }
}

extension RunSpecification {
  /// How the run trains; nil where it does not, and an error where kind and settings differ.
  fileprivate func trainingConfiguration() throws -> TrainingConfiguration? {
    guard let training else { return nil }
    let configuration = try TrainingConfiguration(json: training)
    guard configuration.finetuningType == (kind == .fullSFT ? .full : .lora) else {
      throw ExecutionError.contradiction(
        "the run is of kind \(kind.rawValue), and its finetuning_type is "
          + configuration.finetuningType.rawValue
      )
    }
    return configuration
  }
}
