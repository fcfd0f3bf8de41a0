public import Foundation
public import Foundations
public import Traces

/// Freezes datasets: filters, selects, splits, and refuses what cannot be trusted.
public enum DatasetBuilder {
  /// Builds the manifest that a recipe and its candidates decide.
  ///
  /// The result depends on the recipe and the set of candidates, not on their order.
  public static func freeze(
    _ recipe: DatasetRecipe,
    candidates: [StoredTrace],
    createdAt: Date,
    buildID: Identifier<DatasetManifest>
  ) throws(DatasetError) -> DatasetManifest {
    try recipe.validate()
    let matching = candidates.filter { matches($0.trace, recipe.filters) }
    guard !matching.isEmpty else {
      throw .nothingMatches(filters: recipe.filters.compact, candidates: candidates.count)
    }
    let chosen = select(matching, by: recipe)
    let (items, summary) = try split(chosen, by: recipe.split)
    try DatasetManifest.requireDisjoint(items)
    let traces = Dictionary(chosen.map { ($0.id, $0.trace) }) { first, _ in first }
    return DatasetManifest(
      datasetKey: recipe.datasetKey,
      buildID: buildID,
      datasetName: recipe.name,
      datasetVersion: recipe.version,
      createdAt: createdAt,
      filters: recipe.filters,
      selectionStrategy: recipe.selection,
      limit: recipe.limit,
      seed: recipe.seed,
      items: items,
      statistics: DatasetStatistics(of: items.compactMap { traces[$0.traceID] }),
      split: summary,
      sessionID: recipe.sessionID,
      parentDatasetID: recipe.parentDatasetID,
      trainingRunID: recipe.trainingRunID,
      provenance: provenance(of: recipe, traceCount: items.count)
    )
  }
}

extension DatasetBuilder {
  private static func matches(_ trace: Trace, _ filters: JSONValue) -> Bool {
    (filters.object ?? []).allSatisfy { trace.meta?[$0.key] == $0.value }
  }

  private static func provenance(of recipe: DatasetRecipe, traceCount: Int) -> JSONValue {
    var facts: JSONValue = [
      "schema_version": "1.0",
      "source": "traces",
      "trace_count": JSONValue(traceCount),
      "selection_strategy": .string(recipe.selection.rawValue),
    ]
    if let seed = recipe.seed { facts = facts.setting("seed", to: JSONValue(seed)) }
    for member in recipe.provenance.object ?? [] {
      facts = facts.setting(member.key, to: member.value)
    }
    return facts
  }

  /// Newest first; traces of the same moment in the order of their names.
  private static func select(_ traces: [StoredTrace], by recipe: DatasetRecipe) -> [StoredTrace] {
    let newest = traces.sorted {
      $0.createdAt != $1.createdAt ? $0.createdAt > $1.createdAt : $0.id < $1.id
    }
    guard let seed = recipe.seed, recipe.selection != .latest else {
      return Array(newest.prefix(recipe.limit))
    }
    var stream = RandomStream(seed: seed, name: "dataset-selection")
    let drawn = stream.shuffled(newest.sorted { $0.id < $1.id })
    guard recipe.selection == .stratified else { return Array(drawn.prefix(recipe.limit)) }
    let strata = Dictionary(grouping: drawn) { $0.trace.category ?? "" }
    var quotas = apportion(
      min(recipe.limit, drawn.count),
      sizes: strata.mapValues(\.count),
      caps: strata.mapValues(\.count)
    )
    return drawn.filter { trace in
      let category = trace.trace.category ?? ""
      guard let left = quotas[category], left > 0 else { return false }
      quotas[category] = left - 1
      return true
    }
  }

  private static func split(
    _ traces: [StoredTrace],
    by recipe: SplitRecipe?
  ) throws(DatasetError) -> ([DatasetItem], SplitSummary?) {
    let keyed = traces.map { ($0, GroupKey.of($0.trace)) }
    guard let recipe else {
      return (keyed.map { DatasetItem($0, groupKey: $1, split: .train) }, nil)
    }
    let test = try testGroups(of: keyed, by: recipe)
    var items: [DatasetItem] = []
    var tested: Set<String> = []
    var learned: Set<ContentHash> = []
    var learnedGroups: Set<String> = []
    var duplicates = 0
    for (trace, key) in keyed {
      if test.contains(key) {
        guard tested.insert(key).inserted else { continue }
        items.append(DatasetItem(trace, groupKey: key, split: .test))
      } else if learned.insert(trace.contentHash).inserted {
        learnedGroups.insert(key)
        items.append(DatasetItem(trace, groupKey: key, split: .train))
      } else {
        duplicates += 1
      }
    }
    let trainCount = items.count - tested.count
    let summary = SplitSummary(
      recipe: recipe,
      trainCount: trainCount,
      testCount: tested.count,
      trainGroups: learnedGroups.count,
      testGroups: tested.count,
      droppedTestRepeats: traces.count - items.count - duplicates,
      droppedTrainDuplicates: duplicates
    )
    return (items, summary)
  }
}

// MARK: - Which groups are test

extension DatasetBuilder {
  /// Takes each category's share of the groups in the order of sha256(seed ":" key).
  ///
  /// A category of two groups or more is always tested and always leaves a group to learn from.
  private static func testGroups(
    of keyed: [(StoredTrace, String)],
    by recipe: SplitRecipe
  ) throws(DatasetError) -> Set<String> {
    var categories: [String: String] = [:]
    for (trace, key) in keyed {
      let category = trace.trace.category ?? ""
      categories[key] = categories[key].map { min($0, category) } ?? category
    }
    let strata = Dictionary(grouping: categories.keys) { categories[$0] ?? "" }
    let caps = strata.mapValues { $0.count - 1 }
    let available = caps.values.reduce(0, +)
    let asked =
      switch recipe.test {
      case .count(let count): count
      case .fraction(let part): max(1, Int((Double(categories.count) * part).rounded()))
      }
    guard asked <= available else { throw .testTooLarge(asked: asked, available: available) }
    let quotas = apportion(asked, sizes: strata.mapValues(\.count), caps: caps)
    var groups: Set<String> = []
    for (category, keys) in strata {
      let ordered = keys.map { (ContentHash(ofText: "\(recipe.seed):\($0)").hex, $0) }
        .sorted { $0 < $1 }
      groups.formUnion(ordered.prefix(quotas[category] ?? 0).map(\.1))
    }
    return groups
  }

  /// Divides a total in proportion to sizes, never above a cap, at least one each where possible.
  static func apportion(
    _ total: Int,
    sizes: [String: Int],
    caps: [String: Int]
  ) -> [String: Int] {
    let names = sizes.keys.sorted()
    let whole = Double(max(sizes.values.reduce(0, +), 1))
    var given = Dictionary(uniqueKeysWithValues: names.map { ($0, 0) })
    for _ in 0..<total {
      let open = names.filter { given[$0, default: 0] < caps[$0, default: 0] }
      let next = open.max { left, right in
        lack(of: left) < lack(of: right)
      }
      guard let next else { break }
      given[next, default: 0] += 1
    }
    return given

    func lack(of name: String) -> Double {
      let have = Double(given[name, default: 0])
      let share = Double(total) * Double(sizes[name, default: 0]) / whole
      return have == 0 && total >= names.count ? .infinity : share - have
    }
  }
}
