/// Why a sequence ended.
public enum FinishReason: String, Sendable, Codable, Hashable {
  /// The model wrote its end-of-turn token.
  case stop
  /// The limit of new tokens was reached.
  case length
}

/// What a model wrote after one prompt.
public struct GeneratedSequence: Sendable, Hashable {
  /// The new tokens; the last is the end-of-turn token when `finishReason` is `stop`.
  public let ids: [Int32]
  /// Each new token's log-probability, in nats.
  public let logProbabilities: [Float]
  /// Why it ended.
  public let finishReason: FinishReason

  /// A finished sequence.
  public init(ids: [Int32], logProbabilities: [Float], finishReason: FinishReason) {
    self.ids = ids
    self.logProbabilities = logProbabilities
    self.finishReason = finishReason
  }
}

/// How greedy generation runs.
public struct GreedySettings: Sendable, Hashable {
  /// The most tokens written after a prompt.
  public var maxNewTokens: Int
  /// How many prompts are worked on at once.
  public var batchSize: Int
  /// The tokens that end a sequence; empty to always write `maxNewTokens`.
  public var endTokens: Set<Int32>

  /// Settings; traps unless both numbers are positive.
  public init(maxNewTokens: Int, batchSize: Int, endTokens: Set<Int32>) {
    precondition(maxNewTokens > 0 && batchSize > 0, "nothing to generate")
    self.maxNewTokens = maxNewTokens
    self.batchSize = batchSize
    self.endTokens = endTokens
  }
}

/// Why generation could not begin or go on.
public enum GenerationError: Error, Sendable, CustomStringConvertible {
  /// A prompt has no tokens.
  case emptyPrompt(index: Int)
  /// A prompt and its new tokens do not fit the model's context.
  case promptTooLong(index: Int, promptTokens: Int, maxNewTokens: Int, contextLength: Int)
  /// A token id that the model does not have.
  case unknownToken(index: Int, id: Int32, vocabularySize: Int)
  /// The model computed something that is not a number.
  case notANumber(index: Int, position: Int)
  /// Somebody asked to stop.
  case interrupted(finished: Int, of: Int)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .emptyPrompt(let index):
      "prompt \(index + 1) has no tokens; generation needs at least one"
    case .promptTooLong(let index, let promptTokens, let maxNewTokens, let contextLength):
      "prompt \(index + 1) has \(promptTokens) tokens; with \(maxNewTokens) new tokens that is "
        + "more than the model's context, which holds \(contextLength). "
        + "Shorten the prompt or lower --max-new-tokens; nothing was cut off"
    case .unknownToken(let index, let id, let vocabularySize):
      "prompt \(index + 1) holds token \(id); the model has tokens 0 to \(vocabularySize - 1)"
    case .notANumber(let index, let position):
      "the model's output for prompt \(index + 1) at position \(position) is not a number; "
        + "the weights or the adapter are damaged"
    case .interrupted(let finished, let of):
      "interrupted after \(finished) of \(of) prompts"
    }
  }
}
