internal import ModelFormats

extension DecoderDesign {
  /// Qwen3: Llama's block with queries and keys normalised head by head before they rotate; the head
  /// size is a setting of its own.
  ///
  /// Source: Yang et al., 2025 (arXiv 2505.09388); `Qwen3ForCausalLM` of the Hugging Face library.
  static func qwen3(_ configuration: DecoderConfiguration) -> DecoderDesign {
    DecoderDesign(
      norm: .rootMeanSquare(offset: 0),
      activation: .swiGLU,
      head: configuration.ownHead,
      norms: NormNames(query: "self_attn.q_norm", key: "self_attn.k_norm"),
      groups: separateModules(configuration)
    )
  }
}
