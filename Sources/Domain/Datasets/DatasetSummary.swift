public import Foundation
public import Foundations

/// A frozen dataset as a list shows it: everything but its lists of traces.
public struct DatasetSummary: Hashable, Sendable {
  /// `name-version`.
  public let datasetKey: String
  /// When it was frozen, UTC.
  public let createdAt: Date
  /// The hash of the manifest's content.
  public let contentHash: ContentHash
  /// How many traces it holds.
  public let traceCount: Int
  /// How many of them are to learn from.
  public let trainCount: Int
  /// How many of them are to judge on.
  public let testCount: Int
  private let head: JSONValue

  /// Takes a manifest's members without `trace_ids` and `items`.
  public init(
    datasetKey: String,
    createdAt: Date,
    contentHash: ContentHash,
    traceCount: Int,
    trainCount: Int,
    testCount: Int,
    head: JSONValue
  ) {
    self.datasetKey = datasetKey
    self.createdAt = createdAt
    self.contentHash = contentHash
    self.traceCount = traceCount
    self.trainCount = trainCount
    self.testCount = testCount
    self.head = head
  }

  /// The manifest's members without its lists of traces, and how many traces each side has.
  public var json: JSONValue {
    head.setting("train_count", to: JSONValue(trainCount))
      .setting("test_count", to: JSONValue(testCount))
  }

  /// The manifest's members without its lists of traces.
  public var document: JSONValue { head }
}
