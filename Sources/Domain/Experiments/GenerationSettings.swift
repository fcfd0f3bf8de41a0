public import Foundations

/// How the next token of a reply is chosen.
///
/// The parts apply in this order: repetition penalty, temperature, top-k, top-p, min-p.
public struct SamplingSettings: Hashable, Sendable {
  /// What logits are divided by, from 0 to 100; 0, the default, always takes the likeliest token.
  public var temperature = 0.0

  /// How many of the likeliest tokens are kept, ≥ 0; 0, the default, keeps all.
  public var topK = 0

  /// The likeliest tokens are kept until their probabilities reach this sum, in (0, 1]; 1 keeps
  /// all.
  public var topP = 1.0

  /// Tokens are kept that have at least this share of the likeliest one's probability, in [0, 1].
  public var minP = 0.0

  /// What lowers the logits of tokens that were seen before, > 0; 1, the default, changes nothing.
  public var repetitionPenalty = 1.0

  /// The defaults: greedy.
  public init() {}
}

/// How replies are generated; the same for both runs of a comparison.
public struct GenerationSettings: Hashable, Sendable {
  /// The most new tokens of one reply, ≥ 1.
  public var maxNewTokens: Int

  /// How many replies are generated at once, ≥ 1; it changes the speed and nothing else.
  public var batchSize: Int

  /// The number format of matrix products: `auto`, `f32` or `bf16`.
  public var dtype: String

  /// How tokens are chosen; greedy by default.
  ///
  /// The numbers come from the run's seed and the item's name.
  public var sampling: SamplingSettings

  /// Texts that end a reply; what stands before one is the reply.
  public var stop: [String]

  /// Whether beginnings that prompts have in common are computed once; changes the speed and
  /// nothing else.
  public var sharesPrefixes: Bool

  /// Makes settings.
  public init(
    maxNewTokens: Int,
    batchSize: Int,
    dtype: String = "auto",
    sampling: SamplingSettings = SamplingSettings(),
    stop: [String] = [],
    sharesPrefixes: Bool = true
  ) {
    self.maxNewTokens = maxNewTokens
    self.batchSize = batchSize
    self.dtype = dtype
    self.sampling = sampling
    self.stop = stop
    self.sharesPrefixes = sharesPrefixes
  }

  /// How tokens are chosen and replies end, in words; equal for runs that may be compared.
  public var rule: String {
    let others = ["max_new_tokens", "batch_size", "dtype", "prefix_sharing"]
    return JSONValue.object((json.object ?? []).filter { !others.contains($0.key) }).compact
  }
}

extension GenerationSettings {
  /// Reads settings; runs that were stored before a setting existed have its default.
  init(json: JSONValue, path: String) throws(ExperimentError) {
    let fields = try FieldReader(json, path: path)
    try fields.allowOnly([
      "max_new_tokens", "batch_size", "dtype", "temperature", "top_k", "top_p", "min_p",
      "repetition_penalty", "stop", "prefix_sharing",
    ])
    var sampling = SamplingSettings()
    if let value = try fields.optional("temperature", "number", \.double) {
      sampling.temperature = value
    }
    if let value = try fields.optional("top_k", "whole number", \.int) { sampling.topK = value }
    if let value = try fields.optional("top_p", "number", \.double) { sampling.topP = value }
    if let value = try fields.optional("min_p", "number", \.double) { sampling.minP = value }
    if let value = try fields.optional("repetition_penalty", "number", \.double) {
      sampling.repetitionPenalty = value
    }
    self.init(
      maxNewTokens: try fields.int("max_new_tokens"),
      batchSize: try fields.int("batch_size"),
      dtype: try fields.string("dtype"),
      sampling: sampling,
      stop: try fields.optional("stop", "list of strings", Self.texts) ?? [],
      sharesPrefixes: try fields.optional("prefix_sharing", "true or false", \.bool) ?? true
    )
  }

  private static func texts(_ json: JSONValue) -> [String]? {
    guard let list = json.array else { return nil }
    let texts = list.compactMap(\.string)
    return texts.count == list.count ? texts : nil
  }

  /// The settings as JSON, the field order fixed.
  public var json: JSONValue {
    [
      "max_new_tokens": JSONValue(maxNewTokens), "batch_size": JSONValue(batchSize),
      "dtype": .string(dtype), "temperature": JSONValue(sampling.temperature),
      "top_k": JSONValue(sampling.topK), "top_p": JSONValue(sampling.topP),
      "min_p": JSONValue(sampling.minP),
      "repetition_penalty": JSONValue(sampling.repetitionPenalty),
      "stop": .array(stop.map { .string($0) }), "prefix_sharing": .bool(sharesPrefixes),
    ]
  }

  /// Throws for the first value that is out of range; `path` is where the settings stand.
  func check(path: String) throws(ExperimentError) {
    func require(
      _ holds: Bool,
      _ name: String,
      _ requirement: String,
      _ found: String
    ) throws(ExperimentError) {
      guard holds else {
        throw .badValue(path: path + "/" + name, requirement: requirement, found: found)
      }
    }
    let sampling = sampling
    try require(maxNewTokens >= 1, "max_new_tokens", "at least 1", "\(maxNewTokens)")
    try require(batchSize >= 1, "batch_size", "at least 1", "\(batchSize)")
    try require(
      ["auto", "f32", "bf16"].contains(dtype),
      "dtype",
      "auto, f32 or bf16",
      dtype
    )
    try require(
      (0...100).contains(sampling.temperature),
      "temperature",
      "from 0 to 100",
      "\(sampling.temperature)"
    )
    try require(sampling.topK >= 0, "top_k", "at least 0", "\(sampling.topK)")
    try require(
      sampling.topP > 0 && sampling.topP <= 1,
      "top_p",
      "above 0 and at most 1",
      "\(sampling.topP)"
    )
    try require((0...1).contains(sampling.minP), "min_p", "from 0 to 1", "\(sampling.minP)")
    try require(
      sampling.repetitionPenalty > 0 && sampling.repetitionPenalty.isFinite,
      "repetition_penalty",
      "above 0",
      "\(sampling.repetitionPenalty)"
    )
    try require(!stop.contains(""), "stop", "made of texts", "empty")
  }
}
