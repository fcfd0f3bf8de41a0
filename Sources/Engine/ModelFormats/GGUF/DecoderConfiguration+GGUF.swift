import Foundations

extension GGUFValue {
  /// A plain value as JSON; nil for lists.
  var json: JSONValue? {
    switch self {
    case .unsigned(let value): JSONValue(value)
    case .signed(let value): JSONValue(value)
    case .float(let value): JSONValue(Double(value))
    case .double(let value): JSONValue(value)
    case .bool(let value): .bool(value)
    case .string: text.map(JSONValue.string)
    case .integers, .doubles, .bools, .strings: nil
    }
  }
}

extension DecoderConfiguration {
  /// Reads the metadata of a GGUF file.
  public init(gguf file: GGUFFile) throws(FormatError) {
    let general = SettingReader(path: file.path) { file.metadata[$0]?.json }
    let name = try general.text("general.architecture") ?? "without general.architecture"
    let known: [DecoderFamily] = [.llama, .qwen2, .qwen3, .gemma3]
    guard let family = known.first(where: { $0.ggufArchitecture == name }) else {
      throw general.unsupported("architecture \(name)", known.map(\.ggufArchitecture))
    }
    var settings = general
    settings.prefix = name + "."
    try Self.refuseVariants(settings, file)
    self = try Self.read(settings, family, file)
    bosTokenID = try general.tokenIDs("tokenizer.ggml.bos_token_id").first
    eosTokenIDs = try general.tokenIDs("tokenizer.ggml.eos_token_id")
    paddingTokenID = try general.tokenIDs("tokenizer.ggml.padding_token_id").first
    self = try checked(path: file.path)
  }

  private static func read(
    _ settings: SettingReader,
    _ family: DecoderFamily,
    _ file: GGUFFile
  ) throws(FormatError) -> DecoderConfiguration {
    guard let embedding = file.shape(of: "token_embd.weight"), embedding.count == 2 else {
      throw .missingTensor(path: file.path, name: "token_embd.weight")
    }
    let layers = try settings.count("block_count", atMost: SettingReader.largestLayerCount)
    let heads = try settings.count("attention.head_count")
    let hidden = try settings.count("embedding_length")
    let headSize = try settings.count("attention.key_length", default: max(1, hidden / heads))
    let isGemma = family == .gemma3
    return DecoderConfiguration(
      family: family,
      hiddenSize: hidden,
      intermediateSize: try settings.count("feed_forward_length"),
      layers: layers,
      heads: heads,
      kvHeads: try settings.count("attention.head_count_kv", default: heads),
      headSize: headSize,
      vocabularySize: embedding[0],
      contextLength: try settings.count("context_length"),
      normEpsilon: Float(try settings.number("attention.layer_norm_rms_epsilon")),
      ropeTheta: try settings.number("rope.freq_base", default: 10_000),
      localRopeTheta: isGemma ? 10_000 : nil,
      slidingWindow: isGemma ? try settings.count("attention.sliding_window") : nil,
      attentionSpans: spans(layers: layers, pattern: isGemma ? 6 : nil),
      attentionScale: Double(headSize).squareRoot().inverse,
      tiedEmbeddings: !file.contains("output.weight"),
      hasQueryKeyValueBias: file.contains("blk.0.attn_q.bias"),
      hasAttentionOutputBias: file.contains("blk.0.attn_output.bias"),
      hasFeedForwardBias: file.contains("blk.0.ffn_up.bias"),
      normalisesQueryAndKey: file.contains("blk.0.attn_q_norm.weight"),
      bosTokenID: nil,
      eosTokenIDs: [],
      paddingTokenID: nil
    )
  }

  /// Variants that share an architecture's name but not its computation.
  private static func refuseVariants(
    _ settings: SettingReader,
    _ file: GGUFFile
  ) throws(FormatError) {
    if let kind = try settings.text("rope.scaling.type"), kind != "none" {
      throw settings.unsupported("RoPE scaling \(kind)", ["none"])
    }
    if file.contains("rope_freqs.weight") {
      throw settings.unsupported("RoPE scaling by a table (rope_freqs.weight)", ["none"])
    }
    if let experts = settings.value("expert_count")?.int, experts > 0 {
      throw settings.unsupported("a mixture of \(experts) experts", ["dense models"])
    }
    let heads = try settings.count("attention.head_count")
    let width = try settings.count("embedding_length")
    let headSize = try settings.count("attention.key_length", default: max(1, width / heads))
    guard headSize * heads == width || settings.value("attention.key_length") != nil else {
      throw settings.missing("attention.key_length", "a number, as \(heads) do not divide \(width)")
    }
    guard try settings.count("attention.value_length", default: headSize) == headSize else {
      throw settings.unsupported("values of another width than keys", ["the same width"])
    }
    guard try settings.count("rope.dimension_count", default: headSize) == headSize else {
      throw settings.unsupported("rotation of a part of each head", ["rotation of whole heads"])
    }
  }
}
