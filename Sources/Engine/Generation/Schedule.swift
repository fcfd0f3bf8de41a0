internal import Tensors

/// Which rows the next step computes: a value that decides, and knows nothing of models.
struct Schedule {
  /// One step's rows, and which of them write a token.
  struct Step {
    var ids: [Int32] = []
    var places: [CachePlace] = []
    var outputs: [Int] = []
    var outputSlots: [Int] = []
  }

  private struct Slot {
    var prompt: Int
    var read = 0
    var ids: [Int32] = []
    var logProbabilities: [Float] = []
  }

  private let prompts: [[Int32]]
  private let settings: GreedySettings
  private var slots: [Slot?]
  private var next = 0
  private var finished: [GeneratedSequence?]
  private(set) var finishedCount = 0
  private(set) var newTokens = 0

  init(prompts: [[Int32]], slots: Int, settings: GreedySettings) {
    self.prompts = prompts
    self.settings = settings
    self.slots = Array(repeating: nil, count: slots)
    finished = Array(repeating: nil, count: prompts.count)
  }

  /// The sequences in the prompts' order; call it when `nextStep` has returned nil.
  var results: [GeneratedSequence] { finished.compactMap(\.self) }

  /// The prompt that a slot works on.
  func promptIndex(of slot: Int) -> Int { slots[slot]?.prompt ?? 0 }

  /// The next step: one row for each slot that writes, then prompt rows up to the limit.
  mutating func nextStep(rowsPerStep: Int) -> Step? {
    for index in slots.indices where slots[index] == nil && next < prompts.count {
      slots[index] = Slot(prompt: next)
      next += 1
    }
    var step = Step()
    for (index, slot) in slots.enumerated() {
      guard let slot, let last = slot.ids.last else { continue }
      let position = prompts[slot.prompt].count + slot.ids.count - 1
      step.outputs.append(step.ids.count)
      step.outputSlots.append(index)
      step.ids.append(last)
      step.places.append(CachePlace(slot: index, position: position))
    }
    for index in slots.indices { readPrompt(index, into: &step, rowsPerStep: rowsPerStep) }
    return step.ids.isEmpty ? nil : step
  }

  private mutating func readPrompt(_ index: Int, into step: inout Step, rowsPerStep: Int) {
    guard let slot = slots[index], slot.ids.isEmpty else { return }
    let prompt = prompts[slot.prompt]
    let end = min(prompt.count, slot.read + rowsPerStep - step.ids.count)
    guard end > slot.read else { return }
    for position in slot.read..<end {
      step.ids.append(prompt[position])
      step.places.append(CachePlace(slot: index, position: position))
    }
    slots[index]?.read = end
    guard end == prompt.count else { return }
    step.outputs.append(step.ids.count - 1)
    step.outputSlots.append(index)
  }

  /// Takes a new token; a sequence that ends frees its slot.
  mutating func wrote(_ id: Int32, _ logProbability: Float, in index: Int) {
    guard var slot = slots[index] else { preconditionFailure("slot \(index) is free") }
    slot.ids.append(id)
    slot.logProbabilities.append(logProbability)
    newTokens += 1
    let hasStopped = settings.endTokens.contains(id)
    guard hasStopped || slot.ids.count == settings.maxNewTokens else {
      slots[index] = slot
      return
    }
    finished[slot.prompt] = GeneratedSequence(
      ids: slot.ids,
      logProbabilities: slot.logProbabilities,
      finishReason: hasStopped ? .stop : .length
    )
    finishedCount += 1
    slots[index] = nil
  }
}
