public import ModelFormats

/// A linear layer of a transformer block that an adapter may change.
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

  /// The module's path inside a block, as Hugging Face names it.
  public var modulePath: String {
    switch self {
    case .query, .key, .value, .output: "self_attn.\(rawValue)"
    case .gate, .up, .down: "mlp.\(rawValue)"
    }
  }

  /// Output features.
  public func rows(_ configuration: DecoderConfiguration) -> Int {
    switch self {
    case .query: configuration.heads * configuration.headSize
    case .key, .value: configuration.kvHeads * configuration.headSize
    case .output, .down: configuration.hiddenSize
    case .gate, .up: configuration.intermediateSize
    }
  }

  /// Input features.
  public func columns(_ configuration: DecoderConfiguration) -> Int {
    switch self {
    case .query, .key, .value, .gate, .up: configuration.hiddenSize
    case .output: configuration.heads * configuration.headSize
    case .down: configuration.intermediateSize
    }
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

  /// The members, in the order of their rows in the fused weight.
  public var members: [Projection] {
    switch self {
    case .attentionInput: [.query, .key, .value]
    case .attentionOutput: [.output]
    case .feedForwardInput: [.gate, .up]
    case .feedForwardOutput: [.down]
    }
  }
}
