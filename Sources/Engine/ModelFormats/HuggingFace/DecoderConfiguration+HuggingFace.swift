public import Foundations

extension DecoderConfiguration {
  /// Reads Hugging Face's `config.json`, in the spelling of transformers 5 or of the versions before.
  ///
  /// `path` names the file in error texts.
  public init(huggingFace document: JSONValue, path: String) throws(FormatError) {
    let settings = SettingReader(path: path) { document[$0] }
    let name = try settings.text("model_type") ?? "without model_type"
    guard let family = DecoderFamily(rawValue: name) else {
      throw settings.unsupported("model type \(name)", DecoderFamily.allNames)
    }
    try Self.refuseOtherActivations(settings, family)
    self = try family == .gpt2 ? Self.gpt2(settings) : Self.rotary(settings, family)
    self = try checked(path: path)
  }

  private static func gpt2(_ settings: SettingReader) throws(FormatError) -> DecoderConfiguration {
    let hidden = try settings.count("n_embd")
    let heads = try settings.count("n_head")
    let layers = try settings.count("n_layer", atMost: SettingReader.largestLayerCount)
    return DecoderConfiguration(
      family: .gpt2,
      hiddenSize: hidden,
      intermediateSize: try settings.count("n_inner", default: 4 * hidden),
      layers: layers,
      heads: heads,
      kvHeads: heads,
      headSize: try divided(hidden, by: heads, settings, "n_head"),
      vocabularySize: try settings.count("vocab_size"),
      contextLength: try settings.count("n_positions"),
      normEpsilon: Float(try settings.number("layer_norm_epsilon", default: 1e-5)),
      ropeTheta: 10_000,
      localRopeTheta: nil,
      slidingWindow: nil,
      attentionSpans: spans(layers: layers, pattern: nil),
      attentionScale: Double(hidden / heads).squareRoot().inverse,
      tiedEmbeddings: try settings.flag("tie_word_embeddings", default: true),
      hasQueryKeyValueBias: true,
      hasAttentionOutputBias: true,
      hasFeedForwardBias: true,
      normalisesQueryAndKey: false,
      bosTokenID: try settings.tokenIDs("bos_token_id").first,
      eosTokenIDs: try settings.tokenIDs("eos_token_id"),
      paddingTokenID: try settings.tokenIDs("pad_token_id").first
    )
  }

  private static func rotary(
    _ settings: SettingReader,
    _ family: DecoderFamily
  ) throws(FormatError) -> DecoderConfiguration {
    let hidden = try settings.count("hidden_size")
    let heads = try settings.count("num_attention_heads")
    let layers = try settings.count("num_hidden_layers", atMost: SettingReader.largestLayerCount)
    let kvHeads = try settings.count("num_key_value_heads", default: heads)
    let headSize =
      try settings.value("head_dim") == nil
      ? divided(hidden, by: heads, settings, "num_attention_heads") : settings.count("head_dim")
    let rope = try RotarySettings(settings, family)
    let spans = try layerKinds(settings, family, layers)
    let window = spans.contains(.sliding) ? try settings.count("sliding_window") : nil
    let scaled = try settings.number("query_pre_attn_scalar", default: Double(headSize))
    let attentionBias = try settings.flag("attention_bias", default: family == .qwen2)
    return DecoderConfiguration(
      family: family,
      hiddenSize: hidden,
      intermediateSize: try settings.count("intermediate_size"),
      layers: layers,
      heads: heads,
      kvHeads: kvHeads,
      headSize: headSize,
      vocabularySize: try settings.count("vocab_size"),
      contextLength: try settings.count("max_position_embeddings"),
      normEpsilon: Float(try settings.number("rms_norm_eps", default: 1e-6)),
      ropeTheta: rope.theta,
      localRopeTheta: rope.localTheta,
      slidingWindow: window,
      attentionSpans: spans,
      attentionScale: (family == .gemma3 ? scaled : Double(headSize)).squareRoot().inverse,
      tiedEmbeddings: try settings.flag("tie_word_embeddings", default: family == .gemma3),
      hasQueryKeyValueBias: attentionBias,
      hasAttentionOutputBias: attentionBias && family != .qwen2,
      hasFeedForwardBias: try settings.flag("mlp_bias", default: false),
      normalisesQueryAndKey: family == .qwen3 || family == .gemma3,
      bosTokenID: try settings.tokenIDs("bos_token_id").first,
      eosTokenIDs: try settings.tokenIDs("eos_token_id"),
      paddingTokenID: try settings.tokenIDs("pad_token_id").first
    )
  }

  /// What each layer looks at: `layer_types`, else the old pattern, else everything.
  private static func layerKinds(
    _ settings: SettingReader,
    _ family: DecoderFamily,
    _ layers: Int
  ) throws(FormatError) -> [AttentionSpan] {
    if let listed = settings.value("layer_types") {
      let kinds = (listed.array ?? []).map { AttentionSpan(rawValue: $0.string ?? "") }
      let known = kinds.compactMap { $0 }
      guard known.count == kinds.count, known.count == layers else {
        throw settings.wrong(
          "layer_types",
          "\(layers) times full_attention or sliding_attention",
          listed
        )
      }
      return known
    }
    guard family == .gemma3 else {
      guard try !settings.flag("use_sliding_window", default: false) else {
        throw settings.unsupported("use_sliding_window without layer_types", ["layer_types"])
      }
      return spans(layers: layers, pattern: nil)
    }
    return spans(layers: layers, pattern: try settings.count("sliding_window_pattern", default: 6))
  }

  private static func divided(
    _ hidden: Int,
    by heads: Int,
    _ settings: SettingReader,
    _ key: String
  ) throws(FormatError) -> Int {
    guard hidden.isMultiple(of: heads) else {
      throw .invalidSetting(
        path: settings.path,
        key: key,
        expected: "a divisor of the width \(hidden)",
        found: "\(heads)"
      )
    }
    return hidden / heads
  }

  /// The families are built with one activation each; another would be computed wrongly.
  private static func refuseOtherActivations(
    _ settings: SettingReader,
    _ family: DecoderFamily
  ) throws(FormatError) {
    let (keys, known): ([String], [String]) =
      switch family {
      case .gpt2: (["activation_function"], ["gelu_new", "gelu_pytorch_tanh"])
      case .gemma3: (["hidden_activation"], ["gelu_pytorch_tanh"])
      case .llama, .qwen2, .qwen3: (["hidden_act"], ["silu"])
      }
    for key in keys {
      if let name = try settings.text(key), !known.contains(name) {
        throw settings.unsupported("\(key) \(name)", known)
      }
    }
    for key in ["attn_logit_softcapping", "final_logit_softcapping"]
    where settings.value(key) != nil {
      throw settings.unsupported(key, ["none"])
    }
    for key in ["scale_attn_by_inverse_layer_idx", "use_bidirectional_attention"]
    where try settings.flag(key, default: false) {
      throw settings.unsupported(key, ["false"])
    }
  }
}

/// The bases of the rotary angles in either spelling.
private struct RotarySettings {
  var theta: Double
  var localTheta: Double?

  init(_ settings: SettingReader, _ family: DecoderFamily) throws(FormatError) {
    let standard: Double = family == .gemma3 ? 1_000_000 : 10_000
    try Self.refuseScaling(settings.value("rope_scaling"), settings)
    guard let parameters = settings.value("rope_parameters") else {
      theta = try settings.number("rope_theta", default: standard)
      let local = try settings.number("rope_local_base_freq", default: 10_000)
      localTheta = family == .gemma3 ? local : nil
      return
    }
    let full = parameters["full_attention"] ?? parameters
    let sliding = parameters["sliding_attention"]
    try Self.refuseScaling(full, settings)
    try Self.refuseScaling(sliding, settings)
    theta = try Self.theta(full, settings.path, standard)
    localTheta = family == .gemma3 ? try Self.theta(sliding ?? .null, settings.path, 10_000) : nil
  }

  private static func theta(
    _ parameters: JSONValue,
    _ path: String,
    _ standard: Double
  ) throws(FormatError) -> Double {
    try SettingReader(path: path) { parameters[$0] }.number("rope_theta", default: standard)
  }

  private static func refuseScaling(
    _ parameters: JSONValue?,
    _ settings: SettingReader
  ) throws(FormatError) {
    guard let parameters, !parameters.isNull else { return }
    let kind = (parameters["rope_type"] ?? parameters["type"])?.string ?? "default"
    guard kind == "default" else {
      throw settings.unsupported("RoPE scaling \(kind)", ["default"])
    }
    if let share = parameters["partial_rotary_factor"]?.double, share != 1 {
      throw settings.unsupported("partial_rotary_factor \(share)", ["1"])
    }
  }
}

extension Double {
  /// One divided by the number.
  var inverse: Double { 1 / self }
}
