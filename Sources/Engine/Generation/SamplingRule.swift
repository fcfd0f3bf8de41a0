/// How the next token is chosen from a model's distribution.
///
/// The parts apply in the order of Hugging Face's `generate`: repetition penalty, temperature,
/// top-k, top-p, min-p. It is the order that models' published `generation_config.json` values were
/// tuned with; llama.cpp, for one, applies temperature last, so that its top-p keeps other tokens.
public struct SamplingRule: Sendable, Hashable {
  /// What logits are divided by; 0 takes the likeliest token.
  public let temperature: Double
  /// How many of the likeliest tokens are kept, those equal to the last among them; 0 keeps all.
  public let topK: Int
  /// The likeliest tokens are kept until their probabilities reach this sum; 1 keeps all.
  ///
  /// Source: Holtzman et al., 2019 (arXiv 1904.09751).
  public let topP: Double
  /// Tokens are kept whose probability is at least this share of the likeliest one's; 0 keeps all.
  ///
  /// Source: Nguyen et al., 2024 (arXiv 2407.01082).
  public let minP: Double
  /// What the logits of tokens that were seen before, in the prompt or the answer, are divided by
  /// where they are positive and multiplied with where they are negative; 1 changes nothing.
  ///
  /// Source: Keskar et al., 2019 (arXiv 1909.05858).
  public let repetitionPenalty: Double

  /// The likeliest token, always.
  public static let greedy = SamplingRule()

  private init() {
    temperature = 0
    topK = 0
    topP = 1
    minP = 0
    repetitionPenalty = 1
  }

  /// Checks and keeps a rule.
  public init(
    temperature: Double,
    topK: Int = 0,
    topP: Double = 1,
    minP: Double = 0,
    repetitionPenalty: Double = 1
  ) throws(GenerationError) {
    func check(
      _ holds: Bool,
      _ name: String,
      _ requirement: String,
      _ found: some CustomStringConvertible
    ) throws(GenerationError) {
      guard holds else {
        throw .badSetting(name: name, requirement: requirement, found: "\(found)")
      }
    }
    try check((0...100).contains(temperature), "temperature", "from 0 to 100", temperature)
    try check(topK >= 0, "top_k", "at least 0", topK)
    try check(topP > 0 && topP <= 1, "top_p", "above 0 and at most 1", topP)
    try check(minP >= 0 && minP <= 1, "min_p", "from 0 to 1", minP)
    try check(
      repetitionPenalty > 0 && repetitionPenalty.isFinite,
      "repetition_penalty",
      "above 0",
      repetitionPenalty
    )
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
  }

  /// Whether the likeliest token is taken.
  public var isGreedy: Bool { temperature == 0 }
}
