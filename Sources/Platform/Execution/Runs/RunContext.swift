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

  init(_ run: Run, in workspace: WorkspaceFolder, threads: Int?) throws {
    let specification = run.specification
    let key = specification.datasetKey
    let reference = try ModelReference.find(specification.model, in: workspace)
    self.run = run
    let text = try ModelText(reference)
    self.text = text
    training = try specification.training.map { json in
      try Self.training(json, try workspace.datasets.traces(of: key, in: .train), text)
    }
    options = EngineOptions(dtype: specification.generation.dtype, threads: threads)
    testTraces = try workspace.datasets.traces(of: key, in: .test)
    guard !testTraces.isEmpty else {
      throw ExecutionError.input(
        "dataset \(key) has no test items; build it with --test-count"
      )
    }
    prompts = try testTraces.map {
      try text.promptTokens(RunExecutor.rendering.question(of: $0.trace))
    }
    initialAdapter =
      training?.configuration.initialAdapter.map { URL(filePath: $0) } ?? reference.adapter
    baseName = reference.publishedName
    try options.apply()
    manifest = RunManifest(
      runID: run.id,
      createdAt: Date(),
      recipe: training == nil ? "inference_native" : "trace_sft_native",
      datasetKey: key,
      datasetHash: run.datasetHash,
      model: specification.model,
      modelHash: try reference.contentHash(),
      configuration: Self.configuration(of: specification, training: training?.configuration),
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
    _ json: JSONValue,
    _ traces: [StoredTrace],
    _ text: ModelText
  ) throws -> Training {
    let configuration = try TrainingConfiguration(json: json)
    guard configuration.finetuningType == .lora else {
      throw ExecutionError.input(
        "finetuning_type full is for `tunix-rt train`; runs of a workspace keep adapters"
      )
    }
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
    training: TrainingConfiguration?
  ) -> JSONValue {
    [
      "training": training?.json ?? .null,
      "generation": specification.json["generation"] ?? .null,
      "judge": .string(specification.judge.description),
      "instruction": .string(RunExecutor.rendering.instruction.rawValue),
      "reasoning_style": .string(RunExecutor.rendering.style.rawValue),
    ]
  }
}
