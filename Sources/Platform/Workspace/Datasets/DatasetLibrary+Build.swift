public import Datasets
public import Foundations
import Persistence
import Traces

/// A dataset that was asked for.
public struct DatasetBuild: Hashable, Sendable {
  /// The dataset as it is frozen.
  public let dataset: DatasetManifest
  /// Whether it was frozen now; false where the same content was frozen before.
  public let isNew: Bool
  /// What the checks of its traces found.
  public let checks: [DatasetCheck]

  /// The manifest without its lists of traces, whether it is new, and what the checks found.
  public var json: JSONValue {
    dataset.summary.json.setting("created", to: JSONValue(isNew))
      .setting("checks", to: .array(checks.map(\.json)))
  }
}

extension DatasetLibrary {
  /// Freezes the dataset that a recipe gives from the stored traces.
  ///
  /// Archived traces are left out. The same key with the same content is a no-op; with other
  /// content it is refused. The checks run before anything is stored; what `refusing` names must
  /// find nothing.
  @discardableResult
  public func build(
    _ recipe: DatasetRecipe,
    refusing: Set<DatasetCheck.Kind> = []
  ) throws -> DatasetBuild {
    try recipe.validate()
    return try keep(
      DatasetBuilder.freeze(
        recipe,
        selected: try database.candidates(of: recipe),
        createdAt: now(),
        buildID: .random()
      ),
      refusing: refusing
    )
  }

  /// Freezes the next version of a dataset: its items on their sides, and the traces that the
  /// recipe takes of those that the dataset does not hold.
  ///
  /// An item stays though its trace was archived since; no other archived trace joins.
  @discardableResult
  public func extend(
    _ key: String,
    by recipe: DatasetRecipe,
    refusing: Set<DatasetCheck.Kind> = []
  ) throws -> DatasetBuild {
    var recipe = recipe
    recipe.parentDatasetID = key
    try recipe.validate()
    let parent = try show(key)
    return try keep(
      DatasetBuilder.extend(
        parent,
        candidates: try candidates(of: parent),
        by: recipe,
        selected: try database.candidates(of: recipe, withoutThoseOf: key),
        createdAt: now(),
        buildID: .random()
      ),
      refusing: refusing
    )
  }

  /// Freezes one dataset of several.
  ///
  /// Of the recipe only the names and facts count. What is frozen stays, archived or not.
  @discardableResult
  public func merge(
    _ keys: [String],
    into recipe: DatasetRecipe,
    refusing: Set<DatasetCheck.Kind> = []
  ) throws -> DatasetBuild {
    let sources = try keys.map(show)
    return try keep(
      DatasetBuilder.merge(
        sources,
        candidates: try sources.flatMap(candidates),
        into: recipe,
        createdAt: now(),
        buildID: .random()
      ),
      refusing: refusing
    )
  }

  /// A frozen dataset's traces as candidates; every one must be there, unchanged.
  private func candidates(of dataset: DatasetManifest) throws -> [DatasetCandidate] {
    let found = Dictionary(
      try database.candidates(named: dataset.traceIDs).map { ($0.id, $0) }
    ) { first, _ in first }
    return try dataset.items.map { item in
      guard let candidate = found[item.traceID] else {
        throw DatasetError.traceMissing(id: item.traceID.text)
      }
      guard candidate.contentHash == item.contentHash else {
        throw DatasetError.traceChanged(
          id: item.traceID.text,
          expected: item.contentHash.hex,
          found: candidate.contentHash.hex
        )
      }
      return candidate
    }
  }
}

extension DatasetLibrary {
  private func keep(
    _ dataset: DatasetManifest,
    refusing: Set<DatasetCheck.Kind>
  ) throws -> DatasetBuild {
    if let stored = try stored(dataset) { return stored }
    let checks = try inspect(dataset)
    for check in checks where refusing.contains(check.kind) {
      guard let first = check.findings.first else { continue }
      throw DatasetError.refusedByCheck(
        check: check.kind.rawValue,
        findings: check.findingCount,
        first: "trace \(first.traceID) repeats \(first.other)"
      )
    }
    do {
      try database.insert(dataset: dataset, checks: checks)
    } catch {
      // Somebody else froze the key meanwhile.
      guard let stored = try stored(dataset) else { throw error }
      return stored
    }
    return DatasetBuild(dataset: dataset, isNew: true, checks: checks)
  }

  /// The dataset of the same key, if it is frozen already; throws where its content is another.
  private func stored(_ dataset: DatasetManifest) throws -> DatasetBuild? {
    let key = dataset.datasetKey
    guard let stored = try database.dataset(key: key) else { return nil }
    guard stored.contentHash == dataset.contentHash else {
      throw WorkspaceError.datasetDiffers(
        key: key,
        stored: stored.contentHash,
        offered: dataset.contentHash
      )
    }
    return DatasetBuild(dataset: stored, isNew: false, checks: try checks(of: key))
  }
}
