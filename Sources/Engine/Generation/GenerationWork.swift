internal import DecoderModels
internal import ModelFormats
internal import Tensors
internal import Tokenization

/// One call of the generator while it runs: the schedule, the cache and the growing answers.
struct GenerationWork {
  private let model: any DecoderModel
  private let requests: [SequenceRequest]
  private let adapters: [LoRAAdapter?]
  private let cache: KeyValueCache
  private var schedule: Schedule
  private var current = Schedule.Step()
  private var scratch = InferenceScratch()
  private var answers: [Answer]
  private var statistics = GenerationStatistics()
  private(set) var finishedCount = 0

  init(
    _ model: any DecoderModel,
    _ requests: [SequenceRequest],
    tokenizer: Tokenizer?,
    slots: Int,
    sharesPrefixes: Bool,
    rowsPerStep: Int
  ) {
    self.model = model
    self.requests = requests
    let (kinds, adapters) = Self.kinds(requests)
    self.adapters = adapters
    let prompts = requests.map(\.prompt)
    let plan =
      sharesPrefixes
      ? PrefixPlan(prompts: prompts, adapters: kinds) : PrefixPlan(requestCount: requests.count)
    schedule = Schedule(
      prompts: prompts,
      adapters: kinds,
      plan: plan,
      slots: slots,
      rowsPerStep: rowsPerStep
    )
    cache = KeyValueCache(
      windows: model.configuration.windows,
      slots: slots + plan.prefixes.count,
      positions: requests.reduce(0) { max($0, $1.prompt.count + $1.maxNewTokens) },
      shape: model.attention
    )
    answers = requests.map { Answer($0, tokenizer: tokenizer) }
    statistics.promptTokens = prompts.reduce(0) { $0 + $1.count }
    statistics.sharedPrefixes = plan.prefixes.count
  }

  /// Each request's adapter as a number, and the adapters by number; 0 is the base alone.
  private static func kinds(_ requests: [SequenceRequest]) -> ([Int], [LoRAAdapter?]) {
    var numbers: [ObjectIdentifier: Int] = [:]
    var adapters: [LoRAAdapter?] = [nil]
    let kinds = requests.map { request -> Int in
      guard let adapter = request.adapter else { return 0 }
      let key = ObjectIdentifier(adapter.parameters)
      if let number = numbers[key] { return number }
      adapters.append(adapter)
      numbers[key] = adapters.count - 1
      return adapters.count - 1
    }
    return (kinds, adapters)
  }

  /// New tokens of all sequences.
  var newTokens: Int { statistics.newTokens }

  /// The sequences in the requests' order, once all are finished.
  var result: GenerationResult {
    var statistics = statistics
    statistics.cacheBytes = cache.peakBytes
    statistics.savedCacheBytes = cache.peakSavedBytes
    return GenerationResult(sequences: answers.map(\.sequence), statistics: statistics)
  }

  /// Decides the next step; false when all is done.
  mutating func fill() -> Bool { schedule.fill(&current) }

  /// Computes the step that was decided and gives each of its outputs a token.
  mutating func step(_ onToken: (TokenEvent) -> Void) throws {
    for action in current.actions {
      switch action {
      case .release(let slot): cache.release(slot)
      case .share(let source, let positions, let slot):
        cache.share(source, positions: positions, with: slot)
      }
    }
    statistics.steps += 1
    statistics.computedPromptRows += current.promptRows
    let logits = try model.logits(
      ids: current.ids,
      places: current.places,
      cache: cache,
      outputs: current.outputs,
      adapters: adapterRows,
      scratch: &scratch,
      observe: nil
    )
    for (row, summary) in summariseRows(logits).enumerated() {
      try write(logits, row, summary, onToken)
    }
  }

  private var adapterRows: AdapterRows {
    AdapterRows(
      runs: current.runs.compactMap { run in
        adapters[run.adapter].map { (rows: run.rows, adapter: $0) }
      }
    )
  }

  private mutating func write(
    _ logits: Matrix,
    _ row: Int,
    _ summary: RowSummary,
    _ onToken: (TokenEvent) -> Void
  ) throws(GenerationError) {
    let slot = current.outputSlots[row]
    let index = schedule.request(of: slot)
    let request = requests[index]
    let id = TokenSampler(rule: request.sampling).choose(
      logits,
      row: row,
      summary: summary,
      seen: answers[index].seen,
      uniform: { request.random.uniform(at: answers[index].ids.count) }
    )
    let logProbability = logits[row, Int(id)] - summary.logSum
    guard logProbability.isFinite else {
      let place = current.places[current.outputs[row]]
      throw .notANumber(index: index, position: place.position)
    }
    let text = answers[index].append(id, logProbability)
    statistics.newTokens += 1
    let reason = answers[index].finishReason
    onToken(
      TokenEvent(
        request: index,
        id: id,
        logProbability: logProbability,
        text: text,
        finishReason: reason
      )
    )
    if reason == nil {
      schedule.wrote(id, in: slot)
    } else {
      finishedCount += 1
      schedule.finished(slot)
    }
  }
}
