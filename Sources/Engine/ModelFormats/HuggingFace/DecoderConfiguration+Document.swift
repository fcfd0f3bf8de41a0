import Foundations

extension DecoderConfiguration {
  /// The configuration as a `config.json`, in the spelling that old and new readers share.
  func document(_ type: String) -> JSONValue {
    var document = family == .gpt2 ? gpt2Document : rotaryDocument
    func put(_ key: String, _ value: JSONValue?) {
      if let value { document = document.setting(key, to: value) }
    }
    put("vocab_size", JSONValue(vocabularySize))
    put("tie_word_embeddings", .bool(tiedEmbeddings))
    put("bos_token_id", bosTokenID.map { JSONValue($0) })
    if let only = eosTokenIDs.first {
      let all = JSONValue.array(eosTokenIDs.map { JSONValue($0) })
      put("eos_token_id", eosTokenIDs.count == 1 ? JSONValue(only) : all)
    }
    put("pad_token_id", paddingTokenID.map { JSONValue($0) })
    put("torch_dtype", .string(type))
    return document
  }

  private var gpt2Document: JSONValue {
    [
      "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2",
      "activation_function": "gelu_new", "n_embd": JSONValue(hiddenSize),
      "n_head": JSONValue(heads), "n_layer": JSONValue(layers),
      "n_inner": JSONValue(intermediateSize), "n_positions": JSONValue(contextLength),
      "layer_norm_epsilon": normEpsilon.shortestJSON,
    ]
  }

  private var rotaryDocument: JSONValue {
    let activation = family == .gemma3 ? "hidden_activation" : "hidden_act"
    var document: JSONValue = [
      "architectures": [.string(Self.architectures[family] ?? "")],
      "model_type": .string(family.rawValue), "hidden_size": JSONValue(hiddenSize),
      "intermediate_size": JSONValue(intermediateSize), "num_hidden_layers": JSONValue(layers),
      "num_attention_heads": JSONValue(heads), "num_key_value_heads": JSONValue(kvHeads),
      "head_dim": JSONValue(headSize), "max_position_embeddings": JSONValue(contextLength),
      "rms_norm_eps": normEpsilon.shortestJSON, "rope_theta": JSONValue(ropeTheta),
    ]
    func put(_ key: String, _ value: JSONValue) { document = document.setting(key, to: value) }
    put(activation, family == .gemma3 ? "gelu_pytorch_tanh" : "silu")
    if family == .llama || family == .qwen3 { put("attention_bias", .bool(hasQueryKeyValueBias)) }
    if family == .llama { put("mlp_bias", .bool(hasFeedForwardBias)) }
    if attentionSpans.contains(.sliding), let slidingWindow {
      put("sliding_window", JSONValue(slidingWindow))
      put("layer_types", .array(attentionSpans.map { .string($0.rawValue) }))
    }
    guard family == .gemma3 else { return document }
    put("attention_bias", false)
    put("rope_local_base_freq", JSONValue(localRopeTheta ?? 10_000))
    put("query_pre_attn_scalar", scalar)
    return document
  }

  /// What the scale is one by the root of: a whole number where it is one.
  private var scalar: JSONValue {
    let square = 1 / (attentionScale * attentionScale)
    let whole = square.rounded()
    guard abs(square - whole) < 1e-6 * whole, let scalar = Int(exactly: whole) else {
      return JSONValue(square)
    }
    return JSONValue(scalar)
  }

  private static let architectures: [DecoderFamily: String] = [
    .gpt2: "GPT2LMHeadModel", .llama: "LlamaForCausalLM", .qwen2: "Qwen2ForCausalLM",
    .qwen3: "Qwen3ForCausalLM", .gemma3: "Gemma3ForCausalLM",
  ]
}

extension Float {
  /// The shortest decimal that reads back as the same number.
  var shortestJSON: JSONValue { JSONValue(Double("\(self)") ?? Double(self)) }
}
