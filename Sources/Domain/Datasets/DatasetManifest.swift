public import Foundation
public import Foundations
public import Traces

/// A dataset that another one was made of.
public struct DatasetSource: Hashable, Sendable {
  /// Its key.
  public let datasetKey: String
  /// The hash of its manifest's content.
  public let contentHash: ContentHash

  init(_ manifest: DatasetManifest) {
    self.init(datasetKey: manifest.datasetKey, contentHash: manifest.contentHash)
  }

  init(datasetKey: String, contentHash: ContentHash) {
    self.datasetKey = datasetKey
    self.contentHash = contentHash
  }
}

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
  /// The datasets that it was merged of or that it extends, with what they held.
  public let sources: [DatasetSource]
  /// Where it comes from.
  public let provenance: JSONValue
  /// The sha256 of the canonical manifest without the times and the build's name, so that the same
  /// inputs give the same hash.
  public let contentHash: ContentHash
  private let lists: ManifestLists

  init(
    recipe: DatasetRecipe,
    buildID: Identifier<DatasetManifest>,
    createdAt: Date,
    items: [DatasetItem],
    statistics: DatasetStatistics,
    split: SplitSummary?,
    sources: [DatasetSource],
    provenance: JSONValue
  ) {
    datasetKey = recipe.datasetKey
    self.buildID = buildID
    datasetName = recipe.name
    datasetVersion = recipe.version
    self.createdAt = createdAt
    filters = recipe.filters
    selectionStrategy = recipe.selection
    limit = recipe.limit
    seed = recipe.seed
    self.items = items
    self.statistics = statistics
    self.split = split
    sessionID = recipe.sessionID
    parentDatasetID = recipe.parentDatasetID
    trainingRunID = recipe.trainingRunID
    self.sources = sources
    self.provenance = provenance
    lists = ManifestLists(items)
    contentHash =
      ManifestContent(
        recipe: recipe,
        items: items,
        statistics: statistics,
        split: split,
        sources: sources,
        provenance: provenance
      ).hash(lists)
  }

  /// The traces' names in order.
  public var traceIDs: [Identifier<Trace>] { items.map(\.traceID) }

  /// How many traces it holds.
  public var traceCount: Int { items.count }

  /// The items of one side, in order.
  public func items(in split: DatasetSplit) -> [DatasetItem] {
    items.filter { $0.split == split }
  }

  /// The manifest's file as one line of JSON text; it reads back as this manifest.
  public var text: String {
    var bytes = Array(head.compact.utf8.dropLast())
    bytes += ",\"trace_ids\":".utf8
    bytes += lists.traceIDs
    bytes += ",\"items\":".utf8
    bytes += lists.items
    bytes.append(UInt8(ascii: "}"))
    return String(decoding: bytes, as: UTF8.self)
  }

  static func requireDisjoint(_ items: [DatasetItem]) throws(DatasetError) {
    let train = Set(items.lazy.filter { $0.split == .train }.map(\.groupKey))
    let test = Set(items.lazy.filter { $0.split == .test }.map(\.groupKey))
    let shared = train.intersection(test)
    guard shared.isEmpty else { throw .overlap(groupKeys: shared.sorted()) }
  }
}
