public import Foundations
public import Traces

/// The side of a split.
public enum DatasetSplit: String, Hashable, Sendable, CaseIterable, Codable {
  /// What a model learns from.
  case train
  /// What a model is judged on.
  case test
}

/// One trace's place in a dataset.
public struct DatasetItem: Hashable, Sendable {
  /// Which trace.
  public let traceID: Identifier<Trace>
  /// The trace's content as it was frozen.
  public let contentHash: ContentHash
  /// The problem that the trace solves.
  public let groupKey: String
  /// The trace's category, where it names one.
  public let category: String?
  /// The side it stands on.
  public let split: DatasetSplit

  /// Makes an item.
  public init(
    traceID: Identifier<Trace>,
    contentHash: ContentHash,
    groupKey: String,
    category: String?,
    split: DatasetSplit
  ) {
    self.traceID = traceID
    self.contentHash = contentHash
    self.groupKey = groupKey
    self.category = category
    self.split = split
  }

  init(_ candidate: DatasetCandidate, split: DatasetSplit) {
    self.init(
      traceID: candidate.id,
      contentHash: candidate.contentHash,
      groupKey: candidate.groupKey,
      category: candidate.category,
      split: split
    )
  }
}
