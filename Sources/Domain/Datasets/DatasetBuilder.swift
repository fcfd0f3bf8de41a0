public import Foundation
public import Foundations

/// Freezes datasets: splits what was selected, and refuses what cannot be trusted.
public enum DatasetBuilder {
  /// Makes the manifest of a recipe and the traces that were selected for it, in their order.
  public static func freeze(
    _ recipe: DatasetRecipe,
    selected: [DatasetCandidate],
    createdAt: Date,
    buildID: Identifier<DatasetManifest>
  ) throws(DatasetError) -> DatasetManifest {
    try recipe.validate()
    guard !selected.isEmpty else { throw .nothingMatches(filters: recipe.filters.compact) }
    guard let split = recipe.split else {
      return try manifest(
        of: recipe,
        items: selected.map { DatasetItem($0, split: .train) },
        candidates: selected,
        split: nil,
        sources: [],
        stamp: (createdAt, buildID)
      )
    }
    var sides = SplitAssignment(
      testGroups: try SplitAssignment.testGroups(of: selected, by: split)
    )
    for candidate in selected { sides.add(candidate) }
    return try manifest(
      of: recipe,
      items: sides.items,
      candidates: selected,
      split: sides.summary(of: split),
      sources: [],
      stamp: (createdAt, buildID)
    )
  }

  /// Makes the next version of a dataset: its items stay, each on its side, and new traces join.
  ///
  /// New traces of a problem that is tested are left out; other problems are cut as the recipe's
  /// split says, and go to train where it says nothing. `candidates` are the parent's own traces.
  public static func extend(
    _ parent: DatasetManifest,
    candidates: [DatasetCandidate],
    by recipe: DatasetRecipe,
    selected: [DatasetCandidate],
    createdAt: Date,
    buildID: Identifier<DatasetManifest>
  ) throws(DatasetError) -> DatasetManifest {
    try recipe.validate()
    guard !selected.isEmpty else { throw .nothingNew(parent: parent.datasetKey) }
    let known = Set(parent.items.map(\.groupKey))
    let fresh = selected.filter { !known.contains($0.groupKey) }
    var groups = Set(parent.items(in: .test).map(\.groupKey))
    if let split = recipe.split {
      groups.formUnion(try SplitAssignment.testGroups(of: fresh, by: split))
    }
    var sides = SplitAssignment(testGroups: groups)
    for candidate in candidates + selected { sides.add(candidate) }
    guard sides.items.count <= Limits.datasetTraces else {
      throw .tooManyTraces(found: sides.items.count, maximum: Limits.datasetTraces)
    }
    return try manifest(
      of: recipe,
      items: sides.items,
      candidates: candidates + selected,
      split: groups.isEmpty ? nil : sides.summary(of: recipe.split),
      sources: [DatasetSource(parent)],
      stamp: (createdAt, buildID)
    )
  }

  /// Makes one dataset of several: a problem that one of them tests is tested here.
  ///
  /// `candidates` are the traces of the sources, source after source.
  public static func merge(
    _ sources: [DatasetManifest],
    candidates: [DatasetCandidate],
    into recipe: DatasetRecipe,
    createdAt: Date,
    buildID: Identifier<DatasetManifest>
  ) throws(DatasetError) -> DatasetManifest {
    var recipe = recipe
    recipe.selection = .merge
    recipe.limit = min(max(candidates.count, 1), Limits.datasetTraces)
    try recipe.validateFields()
    guard sources.count > 1 else { throw .nothingToMerge(found: sources.count) }
    let groups = Set(sources.flatMap { $0.items(in: .test).map(\.groupKey) })
    var sides = SplitAssignment(testGroups: groups)
    for candidate in candidates { sides.add(candidate) }
    guard sides.items.count <= Limits.datasetTraces else {
      throw .tooManyTraces(found: sides.items.count, maximum: Limits.datasetTraces)
    }
    recipe.limit = sides.items.count
    return try manifest(
      of: recipe,
      items: sides.items,
      candidates: candidates,
      split: groups.isEmpty ? nil : sides.summary(of: nil),
      sources: sources.map(DatasetSource.init),
      stamp: (createdAt, buildID)
    )
  }
}

extension DatasetBuilder {
  private static func manifest(
    of recipe: DatasetRecipe,
    items: [DatasetItem],
    candidates: [DatasetCandidate],
    split: SplitSummary?,
    sources: [DatasetSource],
    stamp: (createdAt: Date, buildID: Identifier<DatasetManifest>)
  ) throws(DatasetError) -> DatasetManifest {
    try DatasetManifest.requireDisjoint(items)
    return DatasetManifest(
      recipe: recipe,
      buildID: stamp.buildID,
      createdAt: stamp.createdAt,
      items: items,
      statistics: DatasetStatistics(of: items, among: candidates),
      split: split,
      sources: sources,
      provenance: provenance(of: recipe, traceCount: items.count)
    )
  }

  private static func provenance(of recipe: DatasetRecipe, traceCount: Int) -> JSONValue {
    var facts: JSONValue = [
      "schema_version": "1.0",
      "source": recipe.selection == .merge ? "datasets" : "traces",
      "trace_count": JSONValue(traceCount),
      "selection_strategy": .string(recipe.selection.rawValue),
    ]
    if let seed = recipe.seed { facts = facts.setting("seed", to: JSONValue(seed)) }
    for member in recipe.provenance.object ?? [] {
      facts = facts.setting(member.key, to: member.value)
    }
    return facts
  }
}
