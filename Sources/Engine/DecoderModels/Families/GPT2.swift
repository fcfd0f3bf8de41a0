// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import ModelFormats

extension DecoderDesign {
  /// GPT-2 and distilgpt2: layer norms with biases, learned positions, one fused attention input,
  /// biases everywhere, tanh GELU; linear weights are stored as `[in, out]`.
  ///
  /// Source: Radford et al., 2019; `GPT2LMHeadModel` of the Hugging Face library.
  static func gpt2(_ configuration: DecoderConfiguration) -> DecoderDesign {
    let C = configuration.hiddenSize
    let F = configuration.intermediateSize
    func module(_ target: Projection, _ path: String, _ rows: Int, _ columns: Int) -> LinearModule {
      LinearModule(
        target: target,
        path: path,
        rows: rows,
        columns: columns,
        hasBias: true,
        isStoredTransposed: true
      )
    }
    return DecoderDesign(
      norm: .layer,
      activation: .gelu,
      embedding: "transformer.wte.weight",
      positions: "transformer.wpe.weight",
      finalNorm: "transformer.ln_f",
      head: configuration.ownHead,
      blocks: "transformer.h",
      norms: NormNames(input: "ln_1", middle: "ln_2"),
      groups: [
        [module(.fusedAttention, "attn.c_attn", 3 * C, C)],
        [module(.branchOutput, "attn.c_proj", C, C)],
        [module(.fusedFeedForward, "mlp.c_fc", F, C)],
        [module(.branchOutput, "mlp.c_proj", C, F)],
      ]
    )
  }
}
