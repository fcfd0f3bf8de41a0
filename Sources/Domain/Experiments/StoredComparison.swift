public import Evaluation
public import Foundation
public import Foundations
public import Judging

/// A paired comparison of two runs as it is kept: the evidence that promotion asks for.
public struct StoredComparison: Hashable, Sendable {
  /// The comparison's name.
  public let id: Identifier<StoredComparison>

  /// The run without training.
  public let baseRunID: Identifier<Run>

  /// The run with training.
  public let trainedRunID: Identifier<Run>

  /// The dataset of both runs.
  public let datasetKey: String

  /// The hash of the dataset's manifest.
  public let datasetHash: ContentHash

  /// The judge of both runs.
  public let judge: JudgeIdentity

  /// Whether compared items were trained on.
  public let overlap: TrainingOverlap

  /// The item-by-item comparison.
  public let comparison: PairedComparison

  /// When it was made.
  public let createdAt: Date

  /// Makes a comparison to be kept.
  public init(
    id: Identifier<StoredComparison>,
    baseRunID: Identifier<Run>,
    trainedRunID: Identifier<Run>,
    datasetKey: String,
    datasetHash: ContentHash,
    judge: JudgeIdentity,
    overlap: TrainingOverlap,
    comparison: PairedComparison,
    createdAt: Date
  ) {
    self.id = id
    self.baseRunID = baseRunID
    self.trainedRunID = trainedRunID
    self.datasetKey = datasetKey
    self.datasetHash = datasetHash
    self.judge = judge
    self.overlap = overlap
    self.comparison = comparison
    self.createdAt = createdAt
  }
}

extension StoredComparison {
  /// The comparison's scores as one flat object, for snapshots and lists.
  public var metrics: JSONValue {
    let (strict, lenient) = (comparison.strict, comparison.lenient)
    return [
      "items": JSONValue(lenient.base.total),
      "base_strict_accuracy": JSONValue(strict.baseAccuracy),
      "trained_strict_accuracy": JSONValue(strict.trainedAccuracy),
      "strict_p_value": JSONValue(strict.pValue),
      "base_lenient_accuracy": JSONValue(lenient.baseAccuracy),
      "trained_lenient_accuracy": JSONValue(lenient.trainedAccuracy),
      "lenient_fixed": JSONValue(lenient.fixed), "lenient_broken": JSONValue(lenient.broken),
      "lenient_p_value": JSONValue(lenient.pValue),
    ]
  }
}
