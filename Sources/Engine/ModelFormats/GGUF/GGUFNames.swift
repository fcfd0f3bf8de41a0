/// Names of tensors in GGUF files and in Hugging Face's checkpoints.
///
/// Source: `gguf/constants.py` and `gguf/tensor_mapping.py` of llama.cpp.
enum GGUFNames {
  private typealias Pair = (gguf: String, huggingFace: String)

  private static let rotaryParts: [Pair] = [
    ("attn_norm", "input_layernorm"), ("attn_q", "self_attn.q_proj"),
    ("attn_k", "self_attn.k_proj"), ("attn_v", "self_attn.v_proj"),
    ("attn_output", "self_attn.o_proj"), ("attn_q_norm", "self_attn.q_norm"),
    ("attn_k_norm", "self_attn.k_norm"), ("ffn_gate", "mlp.gate_proj"),
    ("ffn_up", "mlp.up_proj"), ("ffn_down", "mlp.down_proj"),
  ]

  private static let gpt2Parts: [Pair] = [
    ("attn_norm", "ln_1"), ("attn_qkv", "attn.c_attn"), ("attn_output", "attn.c_proj"),
    ("ffn_norm", "ln_2"), ("ffn_up", "mlp.c_fc"), ("ffn_down", "mlp.c_proj"),
  ]

  /// The parts of a block; each has a weight and may have a bias.
  private static func parts(_ family: DecoderFamily) -> [Pair] {
    switch family {
    case .gpt2: gpt2Parts
    case .llama, .qwen2, .qwen3: rotaryParts + [("ffn_norm", "post_attention_layernorm")]
    case .gemma3:
      rotaryParts + [
        ("post_attention_norm", "post_attention_layernorm"),
        ("ffn_norm", "pre_feedforward_layernorm"), ("post_ffw_norm", "post_feedforward_layernorm"),
      ]
    }
  }

  /// The tensors outside the blocks, whole names.
  private static func outer(_ family: DecoderFamily) -> [Pair] {
    guard family == .gpt2 else {
      return [
        ("token_embd.weight", "model.embed_tokens.weight"),
        ("output_norm.weight", "model.norm.weight"), ("output.weight", "lm_head.weight"),
      ]
    }
    return [
      ("token_embd.weight", "transformer.wte.weight"),
      ("position_embd.weight", "transformer.wpe.weight"),
      ("output_norm.weight", "transformer.ln_f.weight"),
      ("output_norm.bias", "transformer.ln_f.bias"), ("output.weight", "lm_head.weight"),
    ]
  }

  private static func blocks(_ family: DecoderFamily) -> String {
    family == .gpt2 ? "transformer.h" : "model.layers"
  }

  /// The Hugging Face name of a GGUF tensor; nil if the family has no such tensor.
  static func huggingFaceName(of name: String, _ family: DecoderFamily) -> String? {
    if let pair = outer(family).first(where: { $0.gguf == name }) { return pair.huggingFace }
    guard let place = BlockName(name, after: "blk"),
      let part = parts(family).first(where: { $0.gguf == place.part })
    else { return nil }
    return "\(blocks(family)).\(place.layer).\(part.huggingFace).\(place.kind)"
  }

  /// The GGUF name of a tensor under its Hugging Face name; nil if the family has no such tensor.
  static func ggufName(of name: String, _ family: DecoderFamily) -> String? {
    if let pair = outer(family).first(where: { $0.huggingFace == name }) { return pair.gguf }
    guard let place = BlockName(name, after: blocks(family)),
      let part = parts(family).first(where: { $0.huggingFace == place.part })
    else { return nil }
    return "blk.\(place.layer).\(part.gguf).\(place.kind)"
  }

  /// Whether GPT-2's checkpoints keep this weight as `[in, out]` and GGUF files as `[out, in]`.
  static func isTransposed(_ huggingFaceName: String, _ family: DecoderFamily) -> Bool {
    family == .gpt2 && huggingFaceName.hasSuffix(".weight")
      && (huggingFaceName.contains(".attn.c_") || huggingFaceName.contains(".mlp.c_"))
  }

  /// Whether GGUF files keep this weight plus one.
  static func isPlusOne(_ huggingFaceName: String, _ family: DecoderFamily) -> Bool {
    family == .gemma3 && huggingFaceName.hasSuffix("norm.weight")
  }
}

/// The name of a block's tensor: `blk.3.attn_q.weight` is part `attn_q` of layer 3, a weight.
private struct BlockName {
  let layer: Int
  let part: String
  let kind: String

  init?(_ name: String, after prefix: String) {
    guard name.hasPrefix(prefix + ".") else { return nil }
    let pieces = name.dropFirst(prefix.count + 1)
      .split(separator: ".", omittingEmptySubsequences: false)
    guard pieces.count >= 3, let layer = Int(pieces[0]), layer >= 0, let kind = pieces.last,
      kind == "weight" || kind == "bias", String(layer) == pieces[0]
    else { return nil }
    self.layer = layer
    part = pieces[1..<pieces.count - 1].joined(separator: ".")
    self.kind = String(kind)
  }
}
