internal import ModelFormats

extension DecoderDesign {
  /// Qwen2 and Qwen2.5: Llama's block with a bias on queries, keys and values only.
  ///
  /// Source: Yang et al., 2024 (arXiv 2407.10671); `Qwen2ForCausalLM` of the Hugging Face library.
  static func qwen2(_ configuration: DecoderConfiguration) -> DecoderDesign {
    DecoderDesign(
      norm: .rootMeanSquare(offset: 0),
      activation: .swiGLU,
      head: configuration.ownHead,
      norms: NormNames(),
      groups: separateModules(configuration)
    )
  }
}
