/// Two runs on the same items, compared item by item.
public struct PairedComparison: Hashable, Sendable, Codable {
  /// Both rules for one kind of problem.
  public struct Category: Hashable, Sendable, Codable {
    /// The category's name; "(none)" for items without one.
    public let name: String

    /// The comparison at the asked-for marker.
    public let strict: PairedBlock

    /// The comparison on the whole ladder.
    public let lenient: PairedBlock
  }

  /// The comparison at the asked-for marker.
  public let strict: PairedBlock

  /// The comparison on the whole ladder; its p value is the test of record.
  public let lenient: PairedBlock

  /// The same by category, in order of name.
  public let categories: [Category]

  /// Every item, in the base run's order.
  public let items: [PairedItem]

  /// Pairs the outcomes of two runs.
  ///
  /// - Throws: `EvaluationError` when a run is empty, repeats an item or lacks one of the other's:
  ///   a missing prediction is an error, not a wrong answer.
  public init(base: [ItemOutcome], trained: [ItemOutcome]) throws(EvaluationError) {
    let baseIDs = try Self.ids(of: base, run: "base")
    let trainedIDs = try Self.ids(of: trained, run: "trained")
    try Self.refuseMissing(baseIDs.subtracting(trainedIDs), in: "trained")
    try Self.refuseMissing(trainedIDs.subtracting(baseIDs), in: "base")
    let byID = Dictionary(trained.map { ($0.itemID, $0) }) { first, _ in first }
    var pairs: [PairedItem] = []
    for item in base {
      guard let other = byID[item.itemID] else { continue }
      guard item.category == other.category else {
        throw .differentCategory(
          itemID: item.itemID,
          base: item.category,
          trained: other.category
        )
      }
      pairs.append(PairedItem(base: item, trained: other))
    }
    items = pairs
    strict = PairedBlock(pairs, rule: .strict)
    lenient = PairedBlock(pairs, rule: .lenient)
    categories = Dictionary(grouping: pairs) { $0.base.category ?? "(none)" }
      .sorted { $0.key < $1.key }
      .map { name, pairs in
        Category(
          name: name,
          strict: PairedBlock(pairs, rule: .strict),
          lenient: PairedBlock(pairs, rule: .lenient)
        )
      }
  }

  /// The comparison under a rule.
  public func block(_ rule: OutcomeRule) -> PairedBlock {
    switch rule {
    case .strict: strict
    case .lenient: lenient
    }
  }

  /// The items that training changed in this way under a rule, in order.
  public func items(_ change: Change, rule: OutcomeRule = .lenient) -> [PairedItem] {
    items.filter { $0.change(rule) == change }
  }
}

extension PairedComparison {
  private static func ids(
    of outcomes: [ItemOutcome],
    run: String
  ) throws(EvaluationError)
    -> Set<String>
  {
    guard !outcomes.isEmpty else { throw .noItems(run: run) }
    var seen: Set<String> = []
    for outcome in outcomes where !seen.insert(outcome.itemID).inserted {
      throw .repeatedItem(run: run, itemID: outcome.itemID)
    }
    return seen
  }

  private static func refuseMissing(_ ids: Set<String>, in run: String) throws(EvaluationError) {
    if !ids.isEmpty { throw .missingItems(run: run, itemIDs: ids.sorted()) }
  }
}
