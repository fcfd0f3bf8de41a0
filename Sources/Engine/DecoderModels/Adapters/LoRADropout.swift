internal import Tensors

/// Dropout on the input of an adapter's A matrices, as LoRA is trained with.
///
/// Kept values are multiplied by `1 / (1 - probability)`. Whether a value is dropped depends on seed,
/// layer, group of projections, row and column only, so the gradient can ask again.
public struct LoRADropout: Sendable, Hashable {
  /// The share of values that are dropped, at least 0 and below 1.
  public let probability: Float
  /// Says which; it already mixes the run's stream, the step and the micro-batch.
  public let seed: UInt64

  /// Dropout of a step; traps when the probability is not at least 0 and below 1.
  public init(probability: Float, seed: UInt64) {
    precondition(probability >= 0 && probability < 1, "a dropout probability of \(probability)")
    self.probability = probability
    self.seed = seed
  }

  func mask(layer: Int, group: ProjectionGroup) -> DropoutMask {
    let place = UInt64(layer * ProjectionGroup.allCases.count + group.rawValue + 1)
    return DropoutMask(key: seed &+ place &* 0x9E37_79B9_7F4A_7C15, probability: probability)
  }
}
