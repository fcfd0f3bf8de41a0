internal import ModelFormats

extension DecoderDesign {
  /// Llama and its likes, SmolLM2 among them: RMS norms before each part, rotary grouped-query
  /// attention, SwiGLU.
  ///
  /// Source: Touvron et al., 2023 (arXiv 2307.09288); `LlamaForCausalLM` of the Hugging Face library.
  static func llama(_ configuration: DecoderConfiguration) -> DecoderDesign {
    DecoderDesign(
      norm: .rootMeanSquare(offset: 0),
      activation: .swiGLU,
      head: configuration.ownHead,
      norms: NormNames(),
      groups: separateModules(configuration)
    )
  }
}
