public import DecoderModels

/// One prompt, and how its answer is to be written.
public struct SequenceRequest: Sendable {
  /// The prompt's tokens, at least one.
  public var prompt: [Int32]
  /// The most tokens written after it, at least one.
  public var maxNewTokens: Int
  /// The tokens that end the sequence; empty to always write `maxNewTokens`.
  public var endTokens: Set<Int32>
  /// Texts that end the sequence as soon as one is complete, also across token borders.
  public var stopStrings: [String]
  /// How the next token is chosen.
  public var sampling: SamplingRule
  /// The item's own random numbers; greedy choices use none.
  public var random: SamplingStream
  /// The adapter that answers; nil for the base alone.
  public var adapter: LoRAAdapter?

  /// A greedy request without stop strings, to be changed where it is to differ.
  public init(
    prompt: [Int32],
    maxNewTokens: Int,
    endTokens: Set<Int32> = [],
    adapter: LoRAAdapter? = nil
  ) {
    self.prompt = prompt
    self.maxNewTokens = maxNewTokens
    self.endTokens = endTokens
    stopStrings = []
    sampling = .greedy
    random = SamplingStream(seed: 0, item: "")
    self.adapter = adapter
  }
}
