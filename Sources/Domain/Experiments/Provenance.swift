public import Foundations
public import Judging

/// Where a promoted model comes from: the links of its chain of evidence.
public struct Provenance: Hashable, Sendable {
  /// The run that made the model.
  public let runID: Identifier<Run>

  /// The stored comparison that allowed the promotion.
  public let comparisonID: Identifier<StoredComparison>

  /// The scores at the time of promotion: an object of numbers.
  public let metrics: JSONValue

  /// The dataset's key.
  public let datasetKey: String

  /// The hash of the dataset's manifest.
  public let datasetHash: ContentHash

  /// The judge and its version.
  public let judge: JudgeIdentity

  /// The hash of the adapter's weights; nil for a base model.
  public let adapterHash: ContentHash?

  /// The base model's name.
  public let baseModel: String

  /// The hash of the base model's file.
  public let baseModelHash: ContentHash

  /// The run's configuration.
  public let configuration: JSONValue

  /// The run's seed.
  public let seed: UInt64

  /// The revision of the program's source, when known.
  public let sourceRevision: String?

  /// The CPU that computed the run.
  public let cpu: String

  /// The number format that it computed in.
  public let dtype: String

  /// Gathers the links from a run's manifest and its comparison.
  public init(
    manifest: RunManifest,
    comparison: StoredComparison,
    adapterHash: ContentHash?
  ) {
    runID = manifest.runID
    comparisonID = comparison.id
    metrics = comparison.metrics
    datasetKey = comparison.datasetKey
    datasetHash = comparison.datasetHash
    judge = comparison.judge
    self.adapterHash = adapterHash
    baseModel = manifest.model
    baseModelHash = manifest.modelHash
    configuration = manifest.configuration
    seed = manifest.seed
    sourceRevision = manifest.sourceRevision
    cpu = manifest.compute.cpu
    dtype = manifest.compute.dtype
  }

  /// Reads a stored provenance.
  public init(json: JSONValue) throws(ExperimentError) {
    let fields = try FieldReader(json)
    runID = try fields.field("source_run_id", "UUID") { $0.string.flatMap(Identifier.init) }
    comparisonID = try fields.field("comparison_id", "UUID") { $0.string.flatMap(Identifier.init) }
    metrics = try fields.field("metrics", "object") { $0.object == nil ? nil : $0 }
    datasetKey = try fields.string("dataset_key")
    datasetHash = try fields.hash("dataset_sha256")
    judge = try fields.judge("judge")
    adapterHash = try fields.optional("adapter_sha256", "sha256") {
      $0.string.flatMap(ContentHash.init(hex:))
    }
    baseModel = try fields.string("base_model")
    baseModelHash = try fields.hash("base_model_sha256")
    configuration = try fields.field("configuration", "value") { $0 }
    seed = try fields.unsigned("seed")
    sourceRevision = try fields.optional("git_sha", "string") { $0.string }
    cpu = try fields.string("cpu")
    dtype = try fields.string("dtype")
  }

  /// The provenance as JSON, the field order fixed.
  public var json: JSONValue {
    [
      "source_run_id": .string(runID.text), "comparison_id": .string(comparisonID.text),
      "metrics": metrics, "dataset_key": .string(datasetKey),
      "dataset_sha256": .string(datasetHash.hex), "judge": .string(judge.description),
      "adapter_sha256": JSONValue(optional: adapterHash?.hex), "base_model": .string(baseModel),
      "base_model_sha256": .string(baseModelHash.hex), "configuration": configuration,
      "seed": JSONValue(seed), "git_sha": JSONValue(optional: sourceRevision),
      "cpu": .string(cpu), "dtype": .string(dtype),
    ]
  }
}
