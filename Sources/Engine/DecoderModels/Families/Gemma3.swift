internal import ModelFormats

extension DecoderDesign {
  /// The text part of Gemma 3: four norms a block whose weights count from one, queries and keys
  /// normalised head by head, tanh GeGLU, embeddings times the root of the width.
  ///
  /// Sliding and global layers with a rotary base each come from the configuration, and so does the
  /// scale of the scores. Source: Gemma Team, 2025 (arXiv 2503.19786); `Gemma3ForCausalLM` of the
  /// Hugging Face library.
  static func gemma3(_ configuration: DecoderConfiguration) -> DecoderDesign {
    DecoderDesign(
      norm: .rootMeanSquare(offset: 1),
      activation: .geGLU,
      embeddingScale: Float(Double(configuration.hiddenSize).squareRoot()),
      head: configuration.ownHead,
      norms: NormNames(
        query: "self_attn.q_norm",
        key: "self_attn.k_norm",
        attentionBranch: "post_attention_layernorm",
        middle: "pre_feedforward_layernorm",
        feedForwardBranch: "post_feedforward_layernorm"
      ),
      groups: separateModules(configuration)
    )
  }
}
