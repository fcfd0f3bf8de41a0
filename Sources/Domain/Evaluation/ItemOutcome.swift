public import Judging

/// The judged outcome of one item in one run.
public struct ItemOutcome: Hashable, Sendable, Codable {
  /// The item's name, the same in every run on the dataset.
  public let itemID: String

  /// What kind of problem the item is, for the breakdown; nil when the item has none.
  public let category: String?

  /// The outcome at the asked-for marker.
  public let strict: Outcome

  /// The outcome on the whole ladder.
  public let lenient: Outcome

  /// Makes an outcome from its parts.
  public init(itemID: String, category: String?, strict: Outcome, lenient: Outcome) {
    self.itemID = itemID
    self.category = category
    self.strict = strict
    self.lenient = lenient
  }

  /// The outcome under a rule.
  public func outcome(_ rule: OutcomeRule) -> Outcome {
    switch rule {
    case .strict: strict
    case .lenient: lenient
    }
  }
}

/// The two ways to count answers; both are always shown.
public enum OutcomeRule: String, Hashable, Sendable, Codable, CaseIterable {
  /// Only answers at the asked-for marker.
  case strict

  /// Answers anywhere on the ladder. The paired test of record.
  case lenient
}
