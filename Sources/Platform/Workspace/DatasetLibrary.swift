public import Datasets
import Foundation
public import Foundations
import Persistence
public import Traces

/// Everything that is done with datasets: freezing them, reading them, and checking them.
public struct DatasetLibrary: Sendable {
  let database: DatabaseStore
  let now: @Sendable () -> Date

  /// Freezes the dataset that a recipe gives from the stored traces.
  ///
  /// The same key with the same content is a no-op; with other content it is refused.
  @discardableResult
  public func build(_ recipe: DatasetRecipe) throws -> (dataset: DatasetManifest, isNew: Bool) {
    // The texts among the filters narrow what is read; the builder applies all of them exactly.
    let texts = (recipe.filters.object ?? []).compactMap { member in
      member.value.string.map { (member.key, $0) }
    }
    let query = TraceQuery(
      filters: Dictionary(texts) { first, _ in first },
      limit: Limits.datasetCandidates
    )
    let candidates = try database.traces(query)
    let dataset = try DatasetBuilder.freeze(
      recipe,
      candidates: candidates,
      createdAt: now(),
      buildID: .random()
    )
    guard let stored = try database.dataset(key: dataset.datasetKey) else {
      try database.insert(dataset: dataset)
      return (dataset, true)
    }
    guard stored.contentHash == dataset.contentHash else {
      throw WorkspaceError.datasetDiffers(
        key: dataset.datasetKey,
        stored: stored.contentHash,
        offered: dataset.contentHash
      )
    }
    return (stored, false)
  }

  /// The newest datasets.
  public func list(limit: Int = Limits.pageRows) throws -> [DatasetManifest] {
    try database.datasets(limit: limit)
  }

  /// How many datasets there are.
  public func count() throws -> Int { try database.datasetCount() }

  /// The dataset of a key.
  public func show(_ key: String) throws -> DatasetManifest {
    guard let dataset = try database.dataset(key: key) else {
      throw WorkspaceError.unknown(
        noun: "dataset",
        name: key,
        hint: "see them with: tunix-rt dataset list"
      )
    }
    return dataset
  }

  /// The traces of one side of a dataset, in its order, or of all sides; each is checked against
  /// the content that was frozen.
  public func traces(of key: String, in split: DatasetSplit? = nil) throws -> [StoredTrace] {
    let dataset = try show(key)
    let items = split.map { dataset.items(in: $0) } ?? dataset.items
    return try items.map { item in
      guard let stored = try database.trace(item.traceID) else {
        throw DatasetError.traceMissing(id: item.traceID.text)
      }
      let found = stored.trace.contentHash
      guard found == item.contentHash else {
        throw DatasetError.traceChanged(
          id: item.traceID.text,
          expected: item.contentHash.hex,
          found: found.hex
        )
      }
      return stored
    }
  }

  /// Hashes a dataset's manifest and every one of its traces anew.
  public func verify(_ key: String) throws -> DatasetVerification {
    let dataset = try show(key)
    var findings: [String] = []
    for item in dataset.items {
      if let finding = finding(about: item) { findings.append(finding) }
    }
    return DatasetVerification(
      datasetKey: key,
      contentHash: dataset.contentHash,
      traceCount: dataset.traceCount,
      findings: findings
    )
  }

  /// What is wrong with one item's trace; nil where all is as it was frozen.
  private func finding(about item: DatasetItem) -> String? {
    do {
      guard let stored = try database.trace(item.traceID) else {
        return DatasetError.traceMissing(id: item.traceID.text).description
      }
      let found = stored.trace.contentHash
      guard found != item.contentHash else { return nil }
      return DatasetError.traceChanged(
        id: item.traceID.text,
        expected: item.contentHash.hex,
        found: found.hex
      ).description
    } catch {
      return "trace \(item.traceID): \(error)"
    }
  }
}

/// What the check of a dataset found.
public struct DatasetVerification: Hashable, Sendable {
  /// The dataset's key.
  public let datasetKey: String
  /// The hash of the manifest's content.
  public let contentHash: ContentHash
  /// How many traces were hashed.
  public let traceCount: Int
  /// What is wrong, one sentence a trace; empty where all is as it was frozen.
  public let findings: [String]

  /// Whether nothing is wrong.
  public var isIntact: Bool { findings.isEmpty }
}
