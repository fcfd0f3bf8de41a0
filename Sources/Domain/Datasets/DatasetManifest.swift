public import Foundation
public import Foundations
public import Traces

/// A frozen dataset: which traces, on which side, and how they were chosen.
public struct DatasetManifest: Hashable, Sendable {
  /// The version of this format.
  public static let schemaVersion = "1.0"

  /// `name-version`: how people name the dataset.
  public let datasetKey: String
  /// This very build.
  public let buildID: Identifier<DatasetManifest>
  /// The recipe's name.
  public let datasetName: String
  /// The recipe's version.
  public let datasetVersion: String
  /// When it was frozen, UTC.
  public let createdAt: Date
  /// The meta members that were asked for.
  public let filters: JSONValue
  /// How traces were chosen.
  public let selectionStrategy: SelectionStrategy
  /// How many traces were taken at most.
  public let limit: Int
  /// The selection's seed.
  public let seed: UInt64?
  /// The traces in order.
  public let items: [DatasetItem]
  /// The dataset's size.
  public let statistics: DatasetStatistics
  /// What the split kept and left out; nil where there is none.
  public let split: SplitSummary?
  /// The session that asked for it.
  public let sessionID: String?
  /// The dataset that this one continues.
  public let parentDatasetID: String?
  /// The run whose output it is made of.
  public let trainingRunID: String?
  /// Where it comes from.
  public let provenance: JSONValue

  /// The traces' names in order.
  public var traceIDs: [Identifier<Trace>] { items.map(\.traceID) }

  /// How many traces it holds.
  public var traceCount: Int { items.count }

  /// The items of one side, in order.
  public func items(in split: DatasetSplit) -> [DatasetItem] {
    items.filter { $0.split == split }
  }

  /// The sha256 of the canonical manifest without the times and the build's name, so that the same
  /// inputs give the same hash.
  public var contentHash: ContentHash { ContentHash(ofCanonical: content) }

  /// Checks that every listed trace is given and unchanged, and that no group is on both sides.
  public func verify(against traces: [StoredTrace]) throws(DatasetError) {
    let stored = Dictionary(traces.map { ($0.id, $0) }) { first, _ in first }
    for item in items {
      guard let trace = stored[item.traceID] else {
        throw .traceMissing(id: item.traceID.text)
      }
      let hash = trace.trace.contentHash
      guard hash == item.contentHash else {
        throw .traceChanged(
          id: item.traceID.text,
          expected: item.contentHash.hex,
          found: hash.hex
        )
      }
    }
    try DatasetManifest.requireDisjoint(items)
  }

  static func requireDisjoint(_ items: [DatasetItem]) throws(DatasetError) {
    let train = Set(items.lazy.filter { $0.split == .train }.map(\.groupKey))
    let test = Set(items.lazy.filter { $0.split == .test }.map(\.groupKey))
    let shared = train.intersection(test)
    guard shared.isEmpty else { throw .overlap(groupKeys: shared.sorted()) }
  }
}
