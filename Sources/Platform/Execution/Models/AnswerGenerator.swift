import DecoderModels
import Experiments
import Generation

/// Asks a loaded model by a run's settings.
struct AnswerGenerator: Sendable {
  let text: ModelText
  private let generator: Generator
  private let settings: GenerationSettings
  private let rule: SamplingRule
  private let seed: UInt64
  private let endTokens: Set<Int32>
  private let adapter: LoRAAdapter?

  /// A generator for a loaded model; `adapter` answers where a request names no other.
  init(
    _ loaded: LoadedModel,
    settings: GenerationSettings,
    seed: UInt64,
    adapter: LoRAAdapter?
  ) throws {
    guard settings.maxNewTokens > 0 else {
      throw ExecutionError.input("--max-new-tokens must be at least 1")
    }
    guard settings.batchSize > 0 else {
      throw ExecutionError.input("--batch-size must be at least 1")
    }
    let sampling = settings.sampling
    rule = try SamplingRule(
      temperature: sampling.temperature,
      topK: sampling.topK,
      topP: sampling.topP,
      minP: sampling.minP,
      repetitionPenalty: sampling.repetitionPenalty
    )
    text = loaded.text
    generator = Generator(
      loaded.model,
      tokenizer: loaded.text.tokenizer,
      batchSize: settings.batchSize,
      sharesPrefixes: settings.sharesPrefixes
    )
    self.settings = settings
    self.seed = seed
    self.adapter = adapter
    endTokens = loaded.text.endTokens
  }

  /// A request for a prompt; `item` names it for its random numbers.
  func request(_ prompt: [Int32], item: String) -> SequenceRequest {
    request(prompt, item: item, adapter: adapter)
  }

  /// A request that an adapter answers, or the base.
  func request(_ prompt: [Int32], item: String, adapter: LoRAAdapter?) -> SequenceRequest {
    var request = SequenceRequest(
      prompt: prompt,
      maxNewTokens: settings.maxNewTokens,
      endTokens: endTokens,
      adapter: adapter
    )
    request.stopStrings = settings.stop
    request.sampling = rule
    request.random = SamplingStream(seed: seed, item: item)
    return request
  }

  /// Throws for a prompt that cannot be answered; `index` is its place among the caller's.
  func check(_ prompt: [Int32], index: Int) throws {
    try generator.check(request(prompt, item: ""), index: index)
  }

  /// Throws for the first prompt that cannot be answered.
  func check(_ prompts: [[Int32]]) throws {
    for (index, prompt) in prompts.enumerated() { try check(prompt, index: index) }
  }

  /// Answers every request until the signal is raised; an interrupt says what was `kept`.
  func answer(
    _ requests: [SequenceRequest],
    until signal: StopSignal,
    kept: String,
    onToken: (TokenEvent) -> Void = { _ in },
    progress: (Generator.Progress) -> Void
  ) throws -> GenerationResult {
    do {
      return try generator.generate(
        requests,
        onToken: onToken,
        progress: progress,
        shouldStop: { signal.isRaised }
      )
    } catch GenerationError.interrupted(let finished, let total) {
      throw ExecutionError.interrupted(
        kept: "stopped after \(finished) of \(total) answers; \(kept)"
      )
    }
  }
}
