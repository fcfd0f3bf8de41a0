public import ModelFormats

/// The sizes of a low-rank adapter: `y = W x + scaling B (A x)`.
///
/// Source: Hu et al., 2021 (arXiv 2106.09685); rank-stabilised scaling: Kalajdzievski, 2023
/// (arXiv 2312.03732). Field names follow PEFT's `adapter_config.json`.
public struct LoRAConfiguration: Sendable, Hashable {
  /// The rank.
  public let r: Int
  /// What the scaling is made of.
  public let alpha: Double
  /// The projections that are adapted, in the order of `Projection.allCases`.
  ///
  /// All cases together mean all that the model's family has.
  public let targets: [Projection]
  /// Whether the scaling is alpha / sqrt(r) instead of alpha / r.
  public let usesRankStabilisedScaling: Bool
  /// The probability with which training drops an input of A; inference drops none.
  public var dropout: Double

  /// Checks and keeps the sizes.
  public init(
    r: Int,
    alpha: Double,
    targets: [Projection] = Projection.allCases,
    usesRankStabilisedScaling: Bool = false,
    dropout: Double = 0
  ) throws(ModelError) {
    guard r > 0 else { throw .invalidAdapter("the rank r is \(r); it must be at least 1") }
    guard alpha > 0 else { throw .invalidAdapter("lora_alpha is \(alpha); it must be above 0") }
    guard !targets.isEmpty else {
      throw .invalidAdapter("target_modules is empty; name at least one projection")
    }
    self.r = r
    self.alpha = alpha
    self.targets = Projection.allCases.filter(targets.contains)
    self.usesRankStabilisedScaling = usesRankStabilisedScaling
    self.dropout = dropout
  }

  /// The same with the projections of a model's family; throws when it lacks one that is named.
  public func fitted(to model: DecoderConfiguration) throws(ModelError) -> LoRAConfiguration {
    let known = Projection.all(of: model)
    let strangers = targets.filter { !known.contains($0) }
    guard strangers.isEmpty || targets.count == Projection.allCases.count else {
      throw .invalidAdapter(
        "the model family \(model.family) has no projection \(strangers[0].rawValue); its "
          + "target_modules are \(known.map(\.rawValue).joined(separator: ", "))"
      )
    }
    return try LoRAConfiguration(
      r: r,
      alpha: alpha,
      targets: targets.filter(known.contains),
      usesRankStabilisedScaling: usesRankStabilisedScaling,
      dropout: dropout
    )
  }

  /// What `B A x` is multiplied by.
  public var scaling: Float {
    Float(usesRankStabilisedScaling ? alpha / Double(r).squareRoot() : alpha / Double(r))
  }
}
