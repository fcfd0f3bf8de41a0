public import Foundation
public import Foundations

/// The machine and the program that computed a run: what results may depend on.
public struct ComputeFacts: Hashable, Sendable {
  /// The CPU's model name.
  public let cpu: String

  /// The widest instruction set that is used, for example `avx512_core_amx`.
  public let isa: String

  /// The number format of matrix products: `f32` or `bf16`.
  public let dtype: String

  /// The number of threads.
  public let threads: Int

  /// The engine's version.
  public let engineVersion: String

  /// The rule by which weights are laid out.
  public let layoutRule: String

  /// Gathers the facts.
  public init(
    cpu: String,
    isa: String,
    dtype: String,
    threads: Int,
    engineVersion: String,
    layoutRule: String
  ) {
    self.cpu = cpu
    self.isa = isa
    self.dtype = dtype
    self.threads = threads
    self.engineVersion = engineVersion
    self.layoutRule = layoutRule
  }
}

/// The content of `run_manifest.json`: what is needed to compute the run again.
public struct RunManifest: Hashable, Sendable {
  /// The run's name.
  public let runID: Identifier<Run>

  /// When the run began.
  public let createdAt: Date

  /// The procedure, for example `trace_sft_native` or `inference_native`.
  public let recipe: String

  /// The dataset's key; nil for a run on a plain file.
  public let datasetKey: String?

  /// The hash of the dataset's manifest, or of the file.
  public let datasetHash: ContentHash

  /// The model's name.
  public let model: String

  /// The hash of the model's file.
  public let modelHash: ContentHash

  /// The configuration as it was used, every default written out.
  public let configuration: JSONValue

  /// The seed of everything random.
  public let seed: UInt64

  /// The named random streams of the run and what is drawn from each; nil where nothing is random.
  public let randomStreams: JSONValue?

  /// The revision of the program's source; nil when it was built outside a checkout.
  public let sourceRevision: String?

  /// The machine and the program.
  public let compute: ComputeFacts

  /// Makes a manifest.
  public init(
    runID: Identifier<Run>,
    createdAt: Date,
    recipe: String,
    datasetKey: String?,
    datasetHash: ContentHash,
    model: String,
    modelHash: ContentHash,
    configuration: JSONValue,
    seed: UInt64,
    randomStreams: JSONValue? = nil,
    sourceRevision: String?,
    compute: ComputeFacts
  ) {
    self.runID = runID
    self.createdAt = createdAt
    self.recipe = recipe
    self.datasetKey = datasetKey
    self.datasetHash = datasetHash
    self.model = model
    self.modelHash = modelHash
    self.configuration = configuration
    self.seed = seed
    self.randomStreams = randomStreams
    self.sourceRevision = sourceRevision
    self.compute = compute
  }

  /// Reads a manifest; fields that are not known are passed over.
  public init(json: JSONValue) throws(ExperimentError) {
    let fields = try FieldReader(json)
    runID = try fields.field("run_id", "UUID") { $0.string.flatMap(Identifier.init) }
    createdAt = try fields.date("created_at")
    recipe = try fields.string("recipe")
    datasetKey = try fields.optional("dataset_key", "string") { $0.string }
    datasetHash = try fields.hash("dataset_sha256")
    model = try fields.string("model")
    modelHash = try fields.hash("model_sha256")
    configuration = try fields.field("training_config", "value") { $0 }
    seed = try fields.unsigned("seed")
    randomStreams = try fields.optional("random_streams", "object") { $0 }
    sourceRevision = try fields.optional("git_sha", "string") { $0.string }
    compute = ComputeFacts(
      cpu: try fields.string("cpu"),
      isa: try fields.string("isa"),
      dtype: try fields.string("dtype"),
      threads: try fields.int("threads"),
      engineVersion: try fields.string("engine_version"),
      layoutRule: try fields.string("layout_rule")
    )
  }

  /// The manifest as JSON, the field order fixed.
  public var json: JSONValue {
    [
      "run_id": .string(runID.text), "created_at": .string(Timestamp.text(of: createdAt)),
      "recipe": .string(recipe), "backend": "native",
      "dataset_key": JSONValue(optional: datasetKey), "dataset_sha256": .string(datasetHash.hex),
      "model": .string(model), "model_sha256": .string(modelHash.hex),
      "training_config": configuration, "seed": JSONValue(seed),
      "random_streams": randomStreams ?? .null, "git_sha": JSONValue(optional: sourceRevision),
      "cpu": .string(compute.cpu),
      "isa": .string(compute.isa), "dtype": .string(compute.dtype),
      "threads": JSONValue(compute.threads), "engine_version": .string(compute.engineVersion),
      "layout_rule": .string(compute.layoutRule),
    ]
  }
}
