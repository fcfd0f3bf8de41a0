import Foundations

/// Puts traces on the sides of a split, one after another: a problem is on one side only, the test
/// side has one item a problem, and train holds no content twice.
struct SplitAssignment {
  private(set) var items: [DatasetItem] = []
  private(set) var droppedTestRepeats = 0
  private(set) var droppedTrainDuplicates = 0
  private var testGroups: Set<String>
  private var tested: Set<String> = []
  private var learned: Set<ContentHash> = []
  private var learnedGroups: Set<String> = []

  /// An assignment in which these problems are for the test side.
  init(testGroups: Set<String>) {
    self.testGroups = testGroups
  }

  /// Adds a trace to the side of its problem.
  mutating func add(_ candidate: DatasetCandidate) {
    if testGroups.contains(candidate.groupKey) {
      guard tested.insert(candidate.groupKey).inserted else {
        droppedTestRepeats += 1
        return
      }
      items.append(DatasetItem(candidate, split: .test))
    } else if learned.insert(candidate.contentHash).inserted {
      learnedGroups.insert(candidate.groupKey)
      items.append(DatasetItem(candidate, split: .train))
    } else {
      droppedTrainDuplicates += 1
    }
  }

  /// What was kept and left out.
  func summary(of recipe: SplitRecipe?) -> SplitSummary {
    SplitSummary(
      recipe: recipe,
      trainCount: items.count - tested.count,
      testCount: tested.count,
      trainGroups: learnedGroups.count,
      testGroups: tested.count,
      droppedTestRepeats: droppedTestRepeats,
      droppedTrainDuplicates: droppedTrainDuplicates
    )
  }
}

extension SplitAssignment {
  /// The problems of the test side: each category's share of the groups in the order of
  /// sha256(seed ":" key).
  ///
  /// A category of two groups or more is always tested and always leaves a group to learn from.
  static func testGroups(
    of candidates: [DatasetCandidate],
    by recipe: SplitRecipe
  ) throws(DatasetError) -> Set<String> {
    var categories: [String: String] = [:]
    for candidate in candidates {
      let category = candidate.category ?? ""
      categories[candidate.groupKey] =
        categories[candidate.groupKey].map { min($0, category) } ?? category
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
    let quotas = Apportionment.shares(of: asked, sizes: strata.mapValues(\.count), caps: caps)
    var groups: Set<String> = []
    for (category, keys) in strata {
      let ordered = keys.map { (ContentHash(ofText: "\(recipe.seed):\($0)").hex, $0) }
        .sorted { $0 < $1 }
      groups.formUnion(ordered.prefix(quotas[category] ?? 0).map(\.1))
    }
    return groups
  }
}
