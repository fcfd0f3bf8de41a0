public import Foundation
public import Foundations

/// One run: what it was asked to do, where it stands, what came of it.
public struct Run: Hashable, Sendable {
  /// The run's name.
  public let id: Identifier<Run>

  /// What it was asked to do.
  public let specification: RunSpecification

  /// The hash of the dataset's manifest when the run was written down.
  public let datasetHash: ContentHash

  /// When it was written down.
  public let createdAt: Date

  /// Where it stands.
  public var status: RunStatus

  /// When it began.
  public var startedAt: Date?

  /// When it ended.
  public var completedAt: Date?

  /// Summary numbers, an object of scalars; nil until the run ended well.
  public var metrics: JSONValue?

  /// Writes a run down.
  public init(
    id: Identifier<Run>,
    specification: RunSpecification,
    datasetHash: ContentHash,
    createdAt: Date,
    status: RunStatus = RunStatus(),
    startedAt: Date? = nil,
    completedAt: Date? = nil,
    metrics: JSONValue? = nil
  ) {
    self.id = id
    self.specification = specification
    self.datasetHash = datasetHash
    self.createdAt = createdAt
    self.status = status
    self.startedAt = startedAt
    self.completedAt = completedAt
    self.metrics = metrics
  }

  /// The seconds from begin to end, once both are known.
  public var durationSeconds: Double? {
    guard let startedAt, let completedAt else { return nil }
    return completedAt.timeIntervalSince(startedAt)
  }
}
