public import DecoderModels
internal import ModelFormats
internal import Tensors

/// Writes the likeliest next token again and again, for many prompts at once.
///
/// A fixed number of slots is worked on; the moment a sequence ends, its slot takes the next prompt. A
/// step mixes rows that read prompts with rows that write. What a prompt gets does not depend on its
/// neighbours: see `RowBlocks` and `cachedAttention`.
public struct GreedyGenerator: Sendable {
  private let model: any DecoderModel
  private let adapter: LoRAAdapter?
  private let settings: GreedySettings

  /// The most rows of one step; a multiple of the row blocks of products.
  private static let rowsPerStep = 192

  /// A generator over a loaded model.
  public init(_ model: any DecoderModel, adapter: LoRAAdapter? = nil, settings: GreedySettings) {
    self.model = model
    self.adapter = adapter
    self.settings = settings
  }

  /// What has been done so far.
  public struct Progress: Sendable {
    /// Prompts that are finished.
    public let finished: Int
    /// All prompts.
    public let total: Int
    /// New tokens written so far.
    public let newTokens: Int
  }

  /// Generates for every prompt; the result stands in the prompts' order.
  ///
  /// `progress` is called after every step; `shouldStop` is asked before every step.
  public func generate(
    _ prompts: [[Int32]],
    progress: (Progress) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> [GeneratedSequence] {
    try check(prompts)
    guard !prompts.isEmpty else { return [] }
    let slots = min(settings.batchSize, prompts.count)
    let longest = prompts.map(\.count).max() ?? 0
    let cache = KeyValueCache(
      layers: model.configuration.layers,
      slots: slots,
      positions: longest + settings.maxNewTokens,
      shape: model.attention
    )
    var schedule = Schedule(prompts: prompts, slots: slots, settings: settings)
    var scratch = InferenceScratch()
    while let step = schedule.nextStep(rowsPerStep: max(Self.rowsPerStep, slots)) {
      if shouldStop() {
        throw GenerationError.interrupted(finished: schedule.finishedCount, of: prompts.count)
      }
      let logits = try model.logits(
        ids: step.ids,
        places: step.places,
        cache: cache,
        outputs: step.outputs,
        adapters: AdapterRows(adapter, rows: step.ids.count),
        scratch: &scratch,
        observe: nil
      )
      let best = argmaxRows(logits)
      let normalisers = logSumExpRows(logits)
      for (row, slot) in step.outputSlots.enumerated() {
        let logProbability = logits[row, Int(best[row])] - normalisers[row]
        guard logProbability.isFinite else {
          throw GenerationError.notANumber(
            index: schedule.promptIndex(of: slot),
            position: step.places[step.outputs[row]].position
          )
        }
        schedule.wrote(best[row], logProbability, in: slot)
      }
      progress(
        Progress(
          finished: schedule.finishedCount,
          total: prompts.count,
          newTokens: schedule.newTokens
        )
      )
    }
    return schedule.results
  }

  /// Throws for the first prompt that cannot be answered.
  public func check(_ prompts: [[Int32]]) throws(GenerationError) {
    for (index, prompt) in prompts.enumerated() { try check(prompt, index: index) }
  }

  /// Throws where a prompt cannot be answered: empty, unknown tokens, or too long; `index` is its
  /// place among the caller's prompts.
  public func check(_ prompt: [Int32], index: Int) throws(GenerationError) {
    let context = model.configuration.contextLength
    let vocabulary = model.configuration.vocabularySize
    if prompt.isEmpty { throw .emptyPrompt(index: index) }
    if settings.maxNewTokens > context - prompt.count {
      throw .promptTooLong(
        index: index,
        promptTokens: prompt.count,
        maxNewTokens: settings.maxNewTokens,
        contextLength: context
      )
    }
    if let id = prompt.first(where: { $0 < 0 || Int($0) >= vocabulary }) {
      throw .unknownToken(index: index, id: id, vocabularySize: vocabulary)
    }
  }
}
