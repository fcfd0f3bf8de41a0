/// Whether the compared items were trained on.
public enum TrainingOverlap: Hashable, Sendable, Codable {
  /// The run's training items were checked against the compared items: none is shared.
  case none

  /// So many compared items (or their group) were trained on.
  case items(Int)

  /// Nobody checked.
  case unknown
}

/// What a paired comparison allows to be said, by the lenient outcome.
public enum EvidenceVerdict: Hashable, Sendable {
  /// The trained run is better, p below the threshold, on items it did not train on.
  case better

  /// The base run is better, p below the threshold.
  case worse

  /// The difference may be chance.
  case undecided

  /// The score cannot be trusted: compared items were trained on, or nobody checked.
  case tainted

  /// The p value below which a difference counts.
  public static let threshold = 0.01

  /// The number of items below which a report warns that it is small.
  public static let smallSample = 100

  /// Reads the verdict off a comparison.
  public init(_ comparison: PairedComparison, overlap: TrainingOverlap) {
    let block = comparison.lenient
    if overlap != .none {
      self = .tainted
    } else if block.pValue >= Self.threshold || block.fixed == block.broken {
      self = .undecided
    } else {
      self = block.fixed > block.broken ? .better : .worse
    }
  }
}
