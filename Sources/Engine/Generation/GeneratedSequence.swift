/// Why a sequence ended.
public enum FinishReason: String, Sendable, Codable, Hashable {
  /// The model wrote its end-of-turn token.
  case stop
  /// The limit of new tokens was reached.
  case length
  /// One of the request's stop strings was written.
  case stopString = "stop_string"
}

/// What a model wrote after one prompt.
public struct GeneratedSequence: Sendable, Hashable {
  /// The new tokens.
  ///
  /// The last is the end-of-turn token when `finishReason` is `stop`, and the token that completed
  /// the stop string when it is `stopString`.
  public let ids: [Int32]
  /// Each new token's log-probability under the model's own distribution, in nats: before
  /// repetition penalty, temperature and truncation.
  public let logProbabilities: [Float]
  /// The new tokens as text without control tokens, cut before the stop string; empty where the
  /// generator has no tokenizer.
  public let text: String
  /// Why it ended.
  public let finishReason: FinishReason

  /// A finished sequence.
  public init(
    ids: [Int32],
    logProbabilities: [Float],
    text: String = "",
    finishReason: FinishReason
  ) {
    self.ids = ids
    self.logProbabilities = logProbabilities
    self.text = text
    self.finishReason = finishReason
  }
}

/// One new token, the moment it is written.
public struct TokenEvent: Sendable, Hashable {
  /// The request's place among all requests.
  public let request: Int
  /// The token.
  public let id: Int32
  /// Its log-probability under the model's own distribution, in nats.
  public let logProbability: Float
  /// The text that is certain with this token: whole characters that begin no stop string; may be
  /// empty.
  ///
  /// All pieces of a request joined are the sequence's `text`.
  public let text: String
  /// Why the sequence ended, with its last token.
  public let finishReason: FinishReason?
}

/// What a call of the generator did.
public struct GenerationStatistics: Sendable, Hashable {
  /// Tokens of all prompts.
  public internal(set) var promptTokens = 0
  /// Prompt rows that were computed; the rest was shared.
  public internal(set) var computedPromptRows = 0
  /// New tokens of all sequences.
  public internal(set) var newTokens = 0
  /// Steps of the model.
  public internal(set) var steps = 0
  /// Beginnings that several prompts had in common and that were computed once.
  public internal(set) var sharedPrefixes = 0
  /// The most bytes of keys and values at one time.
  public internal(set) var cacheBytes = 0
  /// The most bytes of keys and values that sharing saved at one time.
  public internal(set) var savedCacheBytes = 0

  /// Prompt rows that sharing saved.
  public var savedPromptRows: Int { promptTokens - computedPromptRows }
}

/// What a call of the generator wrote, and what it took.
public struct GenerationResult: Sendable, Hashable {
  /// One sequence a request, in the requests' order.
  public let sequences: [GeneratedSequence]
  /// What it took.
  public let statistics: GenerationStatistics
}
