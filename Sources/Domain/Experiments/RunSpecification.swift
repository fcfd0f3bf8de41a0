public import Foundations
public import Judging

/// What a run does.
public enum RunKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// Inference on the test items with a model as it is; the base of a comparison.
  case inference

  /// LoRA fine-tuning on the train items, then the same inference.
  case loraSFT = "lora_sft"

  /// Fine-tuning of all weights on the train items, then the same inference.
  case fullSFT = "full_sft"

  /// Whether the run learns before it answers.
  public var trains: Bool { self != .inference }
}

/// Everything that decides what a run computes; stored with the run and never changed.
public struct RunSpecification: Hashable, Sendable {
  /// What the run does.
  public let kind: RunKind

  /// The model's name in the workspace.
  public let model: String

  /// The dataset's key.
  public let datasetKey: String

  /// The judge of the run's predictions.
  public let judge: JudgeIdentity

  /// How replies are generated.
  public let generation: GenerationSettings

  /// The training configuration, for runs that train only.
  public let training: JSONValue?

  /// The seed of everything random in the run.
  public let seed: UInt64

  /// The run this one is to be compared with.
  public let baseRunID: Identifier<Run>?

  /// The chat template that was named for the model; nil takes the model's own.
  public let chatTemplate: String?

  /// Checks and makes a specification.
  ///
  /// - Throws: `ExperimentError` when a value is out of range, or when `training` is missing from a
  ///   training run or given to one that does not train.
  public init(
    kind: RunKind,
    model: String,
    datasetKey: String,
    judge: JudgeIdentity,
    generation: GenerationSettings,
    training: JSONValue?,
    seed: UInt64,
    baseRunID: Identifier<Run>? = nil,
    chatTemplate: String? = nil
  ) throws(ExperimentError) {
    self.kind = kind
    self.model = model
    self.datasetKey = datasetKey
    self.judge = judge
    self.generation = generation
    self.training = training
    self.seed = seed
    self.baseRunID = baseRunID
    self.chatTemplate = chatTemplate
    try check()
  }

  /// Reads a stored specification; unknown fields are refused, and all are required but for
  /// `chat_template`.
  public init(json: JSONValue) throws(ExperimentError) {
    let fields = try FieldReader(json)
    try fields.allowOnly([
      "kind", "model", "dataset_key", "judge", "generation", "training", "seed", "base_run_id",
      "chat_template",
    ])
    let kinds = RunKind.allCases.map(\.rawValue).joined(separator: " or ")
    try self.init(
      kind: try fields.field("kind", kinds) { $0.string.flatMap(RunKind.init) },
      model: try fields.string("model"),
      datasetKey: try fields.string("dataset_key"),
      judge: try fields.judge("judge"),
      generation: GenerationSettings(json: json["generation"] ?? .null, path: "/generation"),
      training: try fields.optional("training", "object") { $0.object == nil ? nil : $0 },
      seed: try fields.unsigned("seed"),
      baseRunID: try fields.optional("base_run_id", "UUID") { $0.string.flatMap(Identifier.init) },
      chatTemplate: try fields.optional("chat_template", "string") { $0.string }
    )
  }

  /// The specification as JSON, the field order fixed; without a template where none was named.
  public var json: JSONValue {
    let always: JSONValue = [
      "kind": .string(kind.rawValue), "model": .string(model),
      "dataset_key": .string(datasetKey), "judge": .string(judge.description),
      "generation": generation.json,
      "training": training ?? .null, "seed": JSONValue(seed),
      "base_run_id": JSONValue(optional: baseRunID?.text),
    ]
    return chatTemplate.map { always.setting("chat_template", to: .string($0)) } ?? always
  }
}

extension RunSpecification {
  private func check() throws(ExperimentError) {
    for (path, text) in [("/model", model), ("/dataset_key", datasetKey)] where text.isEmpty {
      throw .badValue(path: path, requirement: "a name", found: "empty")
    }
    try generation.check(path: "/generation")
    switch (kind, training) {
    case (.inference, .some):
      throw .badValue(path: "/training", requirement: "null for inference", found: "given")
    case (.loraSFT, nil), (.fullSFT, nil):
      throw .badValue(path: "/training", requirement: "given for \(kind.rawValue)", found: "null")
    default:
      break
    }
  }
}
