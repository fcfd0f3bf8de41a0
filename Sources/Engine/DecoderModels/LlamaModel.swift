// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import ModelFormats
public import Tensors

/// The Llama family (SmolLM2 among it): pre-normalised blocks of grouped-query attention with rotary
/// positions and a gated feed-forward layer.
///
/// Source: Touvron et al., 2023 (arXiv 2307.09288); `LlamaForCausalLM` of the Hugging Face library.
public struct LlamaModel: DecoderModel {
  /// The model's sizes.
  public let configuration: DecoderConfiguration
  /// The number format of its matrix products.
  public let dataType: DataType
  /// The attention's sizes.
  public let attention: AttentionShape

  struct Block: Sendable {
    let inputNorm: Matrix
    let attentionInput: AdaptedLinear
    let attentionOutput: AdaptedLinear
    let middleNorm: Matrix
    let feedForwardInput: AdaptedLinear
    let feedForwardOutput: AdaptedLinear
  }

  let embedding: FrozenWeight
  let blocks: [Block]
  let finalNorm: Matrix
  let head: FrozenWeight
  let rotary: RotaryTable

  /// Reads the weights and lays them out for `dataType`.
  public init(
    _ source: any TensorSource,
    configuration: DecoderConfiguration,
    dataType: DataType
  ) throws {
    try Processor.current.require(dataType)
    try Self.check(configuration)
    let reader = WeightReader(source: source, configuration: configuration, dataType: dataType)
    self.configuration = configuration
    self.dataType = dataType
    attention = AttentionShape(
      heads: configuration.heads,
      keyValueHeads: configuration.kvHeads,
      headSize: configuration.headSize,
      scale: Float(configuration.attentionScale)
    )
    rotary = RotaryTable(
      positions: configuration.contextLength,
      headSize: configuration.headSize,
      base: Float(configuration.ropeTheta)
    )
    let V = configuration.vocabularySize
    let C = configuration.hiddenSize
    embedding = try reader.weight([("model.embed_tokens.weight", V)], columns: C)
    head =
      configuration.tiedEmbeddings
      ? embedding : try reader.weight([("lm_head.weight", V)], columns: C)
    finalNorm = try reader.vector("model.norm.weight", C)
    blocks = try (0..<configuration.layers).map { layer in
      let path = "model.layers.\(layer)."
      return Block(
        inputNorm: try reader.vector(path + "input_layernorm.weight", C),
        attentionInput: try reader.linear(layer, .attentionInput),
        attentionOutput: try reader.linear(layer, .attentionOutput),
        middleNorm: try reader.vector(path + "post_attention_layernorm.weight", C),
        feedForwardInput: try reader.linear(layer, .feedForwardInput),
        feedForwardOutput: try reader.linear(layer, .feedForwardOutput)
      )
    }
  }

  private static func check(_ configuration: DecoderConfiguration) throws(ModelError) {
    guard configuration.family == .llama else {
      throw .unsupportedFamily(configuration.family.rawValue, supported: ["llama"])
    }
    guard configuration.headSize % 16 == 0 else {
      throw .unsupportedModel(
        "its head size is \(configuration.headSize); sizes that are multiples of 16 are supported"
      )
    }
    guard !configuration.hasQueryKeyValueBias, !configuration.hasAttentionOutputBias,
      !configuration.hasFeedForwardBias
    else {
      throw .unsupportedModel("its linear layers have biases, which Llama models here have not")
    }
    guard configuration.intermediateSize % 8 == 0 else {
      throw .unsupportedModel(
        "its feed-forward size is \(configuration.intermediateSize), not a multiple of 8"
      )
    }
  }
}
