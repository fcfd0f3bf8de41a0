public import ModelFormats

/// A linear layer of a transformer block that an adapter may change, by its module's own name.
public enum Projection: String, Sendable, CaseIterable, Codable {
  /// Queries.
  case query = "q_proj"
  /// Keys.
  case key = "k_proj"
  /// Values.
  case value = "v_proj"
  /// The attention's output.
  case output = "o_proj"
  /// The feed-forward block's gate.
  case gate = "gate_proj"
  /// The feed-forward block's input.
  case up = "up_proj"
  /// The feed-forward block's output.
  case down = "down_proj"
  /// GPT-2's queries, keys and values in one module.
  case fusedAttention = "c_attn"
  /// GPT-2's outputs: the name of two modules a block, that of the attention and that of the
  /// feed-forward block.
  case branchOutput = "c_proj"
  /// GPT-2's feed-forward input.
  case fusedFeedForward = "c_fc"

  /// The projections that a model's family has.
  public static func all(of configuration: DecoderConfiguration) -> [Projection] {
    let modules = DecoderDesign(configuration).groups.flatMap { $0.map(\.target) }
    return allCases.filter(modules.contains)
  }
}

/// Projections that read the same input and are computed as one product.
public enum ProjectionGroup: Int, Sendable, CaseIterable {
  /// Queries, keys and values.
  case attentionInput
  /// The attention's output.
  case attentionOutput
  /// Gate and up.
  case feedForwardInput
  /// Down.
  case feedForwardOutput
}
