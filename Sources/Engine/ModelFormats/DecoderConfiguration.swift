/// The families of decoder-only transformers that this program knows.
public enum DecoderFamily: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// Llama and its likes, SmolLM2 among them.
  case llama
  /// GPT-2.
  case gpt2
  /// Qwen2 and Qwen2.5.
  case qwen2
  /// Qwen3.
  case qwen3
  /// The text part of Gemma 3.
  case gemma3 = "gemma3_text"

  /// Hugging Face's name of the family (`model_type`).
  public var description: String { rawValue }

  /// The name of the family in a GGUF file (`general.architecture`).
  public var ggufArchitecture: String { self == .gemma3 ? "gemma3" : rawValue }
}

/// Which positions a layer looks at.
public enum AttentionSpan: String, Hashable, Sendable {
  /// All positions up to its own.
  case full = "full_attention"
  /// The last `slidingWindow` positions, its own included.
  case sliding = "sliding_attention"
}

/// The shape and constants of a decoder, as its file states them.
public struct DecoderConfiguration: Hashable, Sendable {
  /// The family: which computation the numbers below belong to.
  public var family: DecoderFamily
  /// Width of the residual stream (C).
  public var hiddenSize: Int
  /// Width inside the feed-forward part.
  public var intermediateSize: Int
  /// Number of blocks.
  public var layers: Int
  /// Number of query heads (H).
  public var heads: Int
  /// Number of key and value heads; divides `heads`.
  public var kvHeads: Int
  /// Width of one head (D); `heads * headSize` need not be `hiddenSize`.
  public var headSize: Int
  /// Number of tokens (V): rows of the embedding.
  public var vocabularySize: Int
  /// The longest sequence in tokens that the model was made for.
  public var contextLength: Int
  /// Added to the mean square (RMSNorm) or variance (LayerNorm) before the root.
  public var normEpsilon: Float
  /// Base of the rotary angles, for Gemma that of the global layers; unused by GPT-2.
  public var ropeTheta: Double
  /// Base of the rotary angles in sliding layers, where it differs (Gemma: 10000).
  public var localRopeTheta: Double?
  /// Positions that a sliding layer sees, its own included; nil if no layer slides.
  public var slidingWindow: Int?
  /// What each layer looks at; `layers` entries.
  public var attentionSpans: [AttentionSpan]
  /// What dot products of queries and keys are multiplied by; usually `headSize ** -0.5`.
  public var attentionScale: Double
  /// Whether the output layer is the embedding itself.
  public var tiedEmbeddings: Bool
  /// Whether q, k and v projections have a bias.
  public var hasQueryKeyValueBias: Bool
  /// Whether the attention's output projection has a bias.
  public var hasAttentionOutputBias: Bool
  /// Whether the feed-forward projections have a bias.
  public var hasFeedForwardBias: Bool
  /// Whether q and k are normalised head by head before rotation (Qwen3, Gemma 3).
  public var normalisesQueryAndKey: Bool
  /// The token that starts a text, where the model names one.
  public var bosTokenID: Int?
  /// The tokens that end a turn or text.
  public var eosTokenIDs: [Int]
  /// The token that fills rows, where the model names one.
  public var paddingTokenID: Int?
}

extension DecoderConfiguration {
  /// Throws unless the numbers fit each other.
  func checked(path: String) throws(FormatError) -> DecoderConfiguration {
    guard heads.isMultiple(of: kvHeads) else {
      throw .invalidSetting(
        path: path,
        key: "the number of key-value heads",
        expected: "a divisor of \(heads)",
        found: "\(kvHeads)"
      )
    }
    guard headSize.isMultiple(of: 2) else {
      throw .invalidSetting(
        path: path,
        key: "the head size",
        expected: "an even number",
        found: "\(headSize)"
      )
    }
    guard attentionSpans.count == layers else {
      throw .invalidSetting(
        path: path,
        key: "layer_types",
        expected: "\(layers) entries",
        found: "\(attentionSpans.count)"
      )
    }
    guard slidingWindow != nil || !attentionSpans.contains(.sliding) else {
      throw .invalidSetting(
        path: path,
        key: "sliding_window",
        expected: "a number, as layers slide",
        found: "none"
      )
    }
    return self
  }

  /// For each layer how many positions it sees, its own included; nil for all.
  public var windows: [Int?] {
    attentionSpans.map { $0 == .sliding ? slidingWindow : nil }
  }

  /// The families' pattern where the file does not name each layer's kind.
  ///
  /// Of Gemma 3 every `pattern`-th layer is global and the others slide.
  static func spans(layers: Int, pattern: Int?) -> [AttentionSpan] {
    guard let pattern else { return Array(repeating: .full, count: layers) }
    return (1...layers).map { $0.isMultiple(of: pattern) ? .full : .sliding }
  }
}

extension DecoderFamily {
  /// The names for an error text.
  static var allNames: [String] { allCases.map(\.rawValue) }
}
