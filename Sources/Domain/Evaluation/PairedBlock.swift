public import Judging

/// How many items of one run are correct under one rule.
public struct Accuracy: Hashable, Sendable, Codable {
  /// The number of items.
  public let total: Int

  /// The number of correct items.
  public let correct: Int

  /// The number of items without a readable answer.
  public let unparseable: Int

  /// The 95 % Wilson interval of the accuracy.
  public let interval: WilsonInterval

  /// The share of correct items, 0…1; 0 when there are none.
  public var value: Double { total == 0 ? 0 : Double(correct) / Double(total) }

  /// Counts the outcomes of a run.
  public init(of outcomes: [Outcome]) {
    total = outcomes.count
    correct = outcomes.count { $0 == .correct }
    unparseable = outcomes.count { $0 == .unparseable }
    interval = WilsonInterval(successes: correct, trials: total)
  }
}

/// Two runs on the same items under one rule, item by item.
public struct PairedBlock: Hashable, Sendable, Codable {
  /// The base run's accuracy.
  public let base: Accuracy

  /// The trained run's accuracy.
  public let trained: Accuracy

  /// Items wrong before and correct after.
  public let fixed: Int

  /// Items correct before and wrong after.
  public let broken: Int

  /// Items correct in both runs.
  public let bothRight: Int

  /// Items wrong in both runs.
  public let bothWrong: Int

  /// The exact two-sided McNemar p value of `fixed` against `broken`.
  public let pValue: Double

  /// The base run's accuracy, 0…1.
  public var baseAccuracy: Double { base.value }

  /// The trained run's accuracy, 0…1.
  public var trainedAccuracy: Double { trained.value }

  /// The trained accuracy minus the base accuracy, −1…1.
  public var delta: Double { trained.value - base.value }

  init(_ pairs: [PairedItem], rule: OutcomeRule) {
    let changes = pairs.map { $0.change(rule) }
    base = Accuracy(of: pairs.map { $0.base.outcome(rule) })
    trained = Accuracy(of: pairs.map { $0.trained.outcome(rule) })
    fixed = changes.count { $0 == .fixed }
    broken = changes.count { $0 == .broken }
    bothRight = changes.count { $0 == .bothRight }
    bothWrong = changes.count { $0 == .bothWrong }
    pValue = McNemarTest.exact(b: fixed, c: broken)
  }
}

/// What training did to one item.
public enum Change: String, Hashable, Sendable, Codable, CaseIterable {
  /// Wrong before, correct after.
  case fixed

  /// Correct before, wrong after.
  case broken

  /// Correct in both runs.
  case bothRight = "both_right"

  /// Wrong in both runs.
  case bothWrong = "both_wrong"
}

/// One item's outcomes in both runs.
public struct PairedItem: Hashable, Sendable, Codable {
  /// The outcome in the base run.
  public let base: ItemOutcome

  /// The outcome in the trained run.
  public let trained: ItemOutcome

  /// The item's name.
  public var itemID: String { base.itemID }

  /// What training did to the item under a rule; unparseable counts as wrong.
  public func change(_ rule: OutcomeRule) -> Change {
    switch (base.outcome(rule) == .correct, trained.outcome(rule) == .correct) {
    case (false, true): .fixed
    case (true, false): .broken
    case (true, true): .bothRight
    case (false, false): .bothWrong
    }
  }
}
