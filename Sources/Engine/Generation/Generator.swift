public import DecoderModels
internal import ModelFormats
internal import Tensors
public import Tokenization

/// Writes tokens after prompts, for many prompts at once.
///
/// A fixed number of slots is worked on; the moment a sequence ends, its slot takes the next prompt
/// (continuous batching). A step mixes rows that read prompts with rows that write, and rows of
/// several adapters. Beginnings that prompts have in common are computed once (``PrefixPlan``).
/// What a request gets depends on neither: a row's result is its own (see `cachedAttention`), and
/// its random numbers are its item's (``SamplingStream``).
public struct Generator: Sendable {
  private let model: any DecoderModel
  private let tokenizer: Tokenizer?
  private let batchSize: Int
  private let sharesPrefixes: Bool

  /// The prompt rows that a step may read; more make a step's products no faster.
  private static let rowsPerStep = 192

  /// A generator over a loaded model.
  ///
  /// `tokenizer` is needed for text and stop strings, `batchSize` is how many requests are worked
  /// on at once. Traps unless that is positive.
  public init(
    _ model: any DecoderModel,
    tokenizer: Tokenizer? = nil,
    batchSize: Int = 16,
    sharesPrefixes: Bool = true
  ) {
    precondition(batchSize > 0, "a batch of \(batchSize)")
    self.model = model
    self.tokenizer = tokenizer
    self.batchSize = batchSize
    self.sharesPrefixes = sharesPrefixes
  }

  /// What has been done so far.
  public struct Progress: Sendable {
    /// Requests that are finished.
    public let finished: Int
    /// All requests.
    public let total: Int
    /// New tokens written so far.
    public let newTokens: Int
  }

  /// Generates for every request; the sequences stand in the requests' order.
  ///
  /// `onToken` is called for every token, those of one request in order; `progress` after every
  /// step; `shouldStop` is asked before every step.
  ///
  /// - Throws: `GenerationError`; ``check(_:index:)`` says it beforehand.
  public func generate(
    _ requests: [SequenceRequest],
    onToken: (TokenEvent) -> Void = { _ in },
    progress: (Progress) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> GenerationResult {
    for (index, request) in requests.enumerated() { try check(request, index: index) }
    guard !requests.isEmpty else { return GenerationResult(sequences: [], statistics: .init()) }
    var work = GenerationWork(
      model,
      requests,
      tokenizer: tokenizer,
      slots: min(batchSize, requests.count),
      sharesPrefixes: sharesPrefixes,
      rowsPerStep: Self.rowsPerStep
    )
    while work.fill() {
      if shouldStop() {
        throw GenerationError.interrupted(finished: work.finishedCount, of: requests.count)
      }
      try work.step(onToken)
      progress(
        Progress(
          finished: work.finishedCount,
          total: requests.count,
          newTokens: work.newTokens
        )
      )
    }
    return work.result
  }

  /// Throws where a request cannot be answered: an empty prompt, unknown tokens, too long, an empty
  /// stop string; `index` is its place among the caller's requests.
  public func check(_ request: SequenceRequest, index: Int) throws(GenerationError) {
    let context = model.configuration.contextLength
    let vocabulary = model.configuration.vocabularySize
    if request.prompt.isEmpty { throw .emptyPrompt(index: index) }
    guard request.maxNewTokens > 0 else {
      throw .badSetting(
        name: "max_new_tokens",
        requirement: "at least 1",
        found: "\(request.maxNewTokens)"
      )
    }
    if request.maxNewTokens > context - request.prompt.count {
      throw .promptTooLong(
        index: index,
        promptTokens: request.prompt.count,
        maxNewTokens: request.maxNewTokens,
        contextLength: context
      )
    }
    if let id = request.prompt.first(where: { $0 < 0 || Int($0) >= vocabulary }) {
      throw .unknownToken(index: index, id: id, vocabularySize: vocabulary)
    }
    if request.stopStrings.contains(where: \.isEmpty) {
      throw .badSetting(name: "stop", requirement: "a text", found: "empty")
    }
    guard request.stopStrings.isEmpty || tokenizer != nil else {
      throw .badSetting(name: "stop", requirement: "empty without a tokenizer", found: "given")
    }
  }
}
