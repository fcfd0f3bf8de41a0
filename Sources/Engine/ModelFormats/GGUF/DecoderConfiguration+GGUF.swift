import Foundations

extension GGUFValue {
  /// A plain value as JSON; nil for lists.
  var json: JSONValue? {
    switch self {
    case .unsigned(let value): JSONValue(value)
    case .signed(let value): JSONValue(value)
    case .float(let value): value.shortestJSON
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
    let known = DecoderFamily.allCases
    guard let family = known.first(where: { $0.ggufArchitecture == name }) else {
      throw general.unsupported("architecture \(name)", known.map(\.ggufArchitecture))
    }
    var settings = general
    settings.prefix = name + "."
    try Self.refuseVariants(settings, file)
    self = try Self.read(settings, family, file)
    bosTokenID = try general.tokenIDs("tokenizer.ggml.bos_token_id").first
    eosTokenIDs = []
    for key in ["eos", "eot", "eom"] {
      let ends = try general.tokenIDs("tokenizer.ggml.\(key)_token_id")
      eosTokenIDs += ends.filter { !eosTokenIDs.contains($0) }
    }
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
    let root = family == .gpt2 ? "layer_norm_epsilon" : "layer_norm_rms_epsilon"
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
      normEpsilon: Float(try settings.number("attention.\(root)")),
      ropeTheta: try settings.number("rope.freq_base", default: 10_000),
      localRopeTheta: isGemma
        ? try settings.number("rope.freq_base_swa", default: 10_000) : nil,
      slidingWindow: isGemma ? try settings.count("attention.sliding_window") : nil,
      attentionSpans: try spans(settings, family, layers, file),
      attentionScale: try scale(settings, family, layers, hidden: hidden / heads, head: headSize),
      tiedEmbeddings: !file.contains("output.weight"),
      hasQueryKeyValueBias: file.contains("blk.0.attn_q.bias")
        || file.contains("blk.0.attn_qkv.bias"),
      hasAttentionOutputBias: file.contains("blk.0.attn_output.bias"),
      hasFeedForwardBias: file.contains("blk.0.ffn_up.bias"),
      normalisesQueryAndKey: file.contains("blk.0.attn_q_norm.weight"),
      bosTokenID: nil,
      eosTokenIDs: [],
      paddingTokenID: nil
    )
  }

  /// Which layers of a Gemma slide: every sixth is global unless the file says otherwise, with a
  /// period or with one truth value a layer.
  private static func spans(
    _ settings: SettingReader,
    _ family: DecoderFamily,
    _ layers: Int,
    _ file: GGUFFile
  ) throws(FormatError) -> [AttentionSpan] {
    guard family == .gemma3 else { return spans(layers: layers, pattern: nil) }
    let key = "attention.sliding_window_pattern"
    switch file.metadata[settings.prefix + key] {
    case .bools(let slides): return slides.map { $0 ? .sliding : .full }
    case .integers, .doubles, .strings:
      throw .invalidSetting(
        path: file.path,
        key: settings.prefix + key,
        expected: "a whole number, or a truth value for each layer",
        found: "another list"
      )
    default: break
    }
    return spans(layers: layers, pattern: try settings.count(key, default: 6))
  }

  /// What attention is scaled by.
  ///
  /// A Gemma file seldom says: 1/sqrt of the head size, and for the 27B model, known by its 62
  /// layers, 1/sqrt of width by heads. A stated scale is widened to the root that it was rounded from.
  private static func scale(
    _ settings: SettingReader,
    _ family: DecoderFamily,
    _ layers: Int,
    hidden: Int,
    head: Int
  ) throws(FormatError) -> Double {
    let usual = Double(family == .gemma3 && layers == 62 ? hidden : head).squareRoot().inverse
    guard family == .gemma3 else { return usual }
    let stated = try settings.number("attention.scale", default: usual)
    let root = (1 / (stated * stated)).rounded().squareRoot().inverse
    return Float(root) == Float(stated) ? root : stated
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
