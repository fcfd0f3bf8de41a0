/// Why generation could not begin or go on.
public enum GenerationError: Error, Sendable, CustomStringConvertible {
  /// A prompt has no tokens.
  case emptyPrompt(index: Int)
  /// A prompt and its new tokens do not fit the model's context.
  case promptTooLong(index: Int, promptTokens: Int, maxNewTokens: Int, contextLength: Int)
  /// A token id that the model does not have.
  case unknownToken(index: Int, id: Int32, vocabularySize: Int)
  /// A setting that cannot be followed.
  case badSetting(name: String, requirement: String, found: String)
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
    case .badSetting(let name, let requirement, let found):
      "\(name) must be \(requirement), not \(found)"
    case .notANumber(let index, let position):
      "the model's output for prompt \(index + 1) at position \(position) is not a number; "
        + "the weights or the adapter are damaged"
    case .interrupted(let finished, let of):
      "interrupted after \(finished) of \(of) prompts"
    }
  }
}
