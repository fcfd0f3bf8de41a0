// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import ModelFormats
internal import Tensors

/// What a family is made of: which pieces a block has, and under which names its tensors are stored.
///
/// One file of `Families` a family fills this in; everything else is shared. A block is
/// `middle = x + [norm] attention(norm(x))`, `next = middle + [norm] feedForward(norm(middle))`,
/// where the bracketed norms are Gemma's.
struct DecoderDesign: Sendable {
  /// What kind of normalisation all norms are.
  var norm: Norm.Kind
  /// What stands between the two feed-forward products.
  var activation: Activation
  /// The embedding's tensor, also the head where there is no own.
  var embedding = "model.embed_tokens.weight"
  /// What embedded rows are multiplied by.
  var embeddingScale: Float = 1
  /// The learned positions' tensor; nil where positions are rotations.
  var positions: String?
  /// The last norm's module.
  var finalNorm = "model.norm"
  /// The output layer's tensor, where it is not the embedding.
  var head: String?
  /// What a block's names start with, before the number of the layer.
  var blocks = "model.layers"
  /// The block's norms.
  var norms: NormNames
  /// The linear modules of each group, in the order of ``ProjectionGroup``; their rows are fused.
  var groups: [[LinearModule]]

  /// The modules of a block's norms; nil where the block has none there.
  struct NormNames: Sendable {
    /// Before the attention.
    var input = "input_layernorm"
    /// On queries, head by head.
    var query: String?
    /// On keys, head by head.
    var key: String?
    /// On the attention's output, before it is added.
    var attentionBranch: String?
    /// Before the feed-forward part.
    var middle = "post_attention_layernorm"
    /// On the feed-forward part's output, before it is added.
    var feedForwardBranch: String?
  }

  /// What a layer's module is called in full.
  func name(_ layer: Int, _ module: String) -> String { "\(blocks).\(layer).\(module)" }

  /// The widest input of a linear layer.
  var widestInput: Int { groups.compactMap { $0.first?.columns }.max() ?? 0 }

  /// The most modules that read the same input.
  var widestGroup: Int { groups.map(\.count).max() ?? 0 }

  /// Output features of a group.
  func rows(_ group: ProjectionGroup) -> Int {
    groups[group.rawValue].reduce(0) { $0 + $1.rows }
  }
}

/// One linear module of a block.
struct LinearModule: Sendable {
  /// What adapters call it.
  let target: Projection
  /// Its path inside the block.
  let path: String
  /// Output features.
  let rows: Int
  /// Input features.
  let columns: Int
  /// Whether it has a bias.
  var hasBias = false
  /// Whether its weight is stored as `[in, out]`.
  var isStoredTransposed = false
}

extension DecoderDesign {
  /// The design of a configuration's family.
  init(_ configuration: DecoderConfiguration) {
    switch configuration.family {
    case .llama: self = .llama(configuration)
    case .gpt2: self = .gpt2(configuration)
    case .qwen2: self = .qwen2(configuration)
    case .qwen3: self = .qwen3(configuration)
    case .gemma3: self = .gemma3(configuration)
    }
  }

  /// The modules of the families that follow Llama's names.
  static func separateModules(_ configuration: DecoderConfiguration) -> [[LinearModule]] {
    let C = configuration.hiddenSize
    let F = configuration.intermediateSize
    let H = configuration.heads * configuration.headSize
    let K = configuration.kvHeads * configuration.headSize
    func module(_ target: Projection, _ rows: Int, _ columns: Int, _ hasBias: Bool) -> LinearModule
    {
      let isAttention = [.query, .key, .value, .output].contains(target)
      let path = (isAttention ? "self_attn." : "mlp.") + target.rawValue
      return LinearModule(
        target: target,
        path: path,
        rows: rows,
        columns: columns,
        hasBias: hasBias
      )
    }
    let qkv = configuration.hasQueryKeyValueBias
    let wide = configuration.hasFeedForwardBias
    return [
      [module(.query, H, C, qkv), module(.key, K, C, qkv), module(.value, K, C, qkv)],
      [module(.output, C, H, configuration.hasAttentionOutputBias)],
      [module(.gate, F, C, wide), module(.up, F, C, wide)],
      [module(.down, C, F, wide)],
    ]
  }
}

extension DecoderConfiguration {
  /// The name of the own output layer, where there is one.
  var ownHead: String? { tiedEmbeddings ? nil : "lm_head.weight" }
}
