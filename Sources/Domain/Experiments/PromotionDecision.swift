import Evaluation

/// Which of two compared runs is meant.
public enum PromotionCandidate: String, Hashable, Sendable, Codable, CaseIterable {
  /// The model without training.
  case base

  /// The model with the run's adapter.
  case trained
}

/// Whether a model may be promoted, decided by its evidence.
public enum PromotionDecision: Hashable, Sendable {
  /// The candidate is promoted, for this reason.
  case promote(PromotionCandidate, reason: String)

  /// Nothing is promoted, for this reason.
  case refuse(reason: String)

  /// Decides by a stored comparison.
  ///
  /// The trained model needs a stored paired test on items that its run did not train on, a
  /// lenient p value below `EvidenceVerdict.threshold` and a positive lenient delta. The base model
  /// is promoted only when it is asked for by name, and needs a stored comparison as well.
  public static func decide(
    comparison: StoredComparison?,
    asked candidate: PromotionCandidate = .trained
  ) -> PromotionDecision {
    guard let comparison else {
      return .refuse(reason: "there is no stored paired comparison of this run")
    }
    let block = comparison.comparison.lenient
    let counts = "\(block.fixed) fixed, \(block.broken) broken of \(block.base.total) items"
    if candidate == .base {
      return .promote(.base, reason: "the base model was asked for (\(counts))")
    }
    switch EvidenceVerdict(comparison.comparison, overlap: comparison.overlap) {
    case .better:
      return .promote(.trained, reason: "the trained model is better (\(counts))")
    case .worse:
      return .refuse(reason: "the trained model is worse than its base (\(counts))")
    case .undecided:
      let limit = "p is not below \(EvidenceVerdict.threshold)"
      return .refuse(reason: "no difference is shown (\(counts); \(limit))")
    case .tainted:
      return .refuse(reason: Self.taint(comparison.overlap))
    }
  }

  private static func taint(_ overlap: TrainingOverlap) -> String {
    switch overlap {
    case .items(let count): "the run was trained on \(count) of the compared items"
    case .unknown, .none: "nobody checked whether the compared items were trained on"
    }
  }
}
