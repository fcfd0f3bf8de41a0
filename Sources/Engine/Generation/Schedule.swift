internal import Tensors

/// Which rows the next step computes: a value that decides, and knows nothing of models.
struct Schedule {
  /// What the cache has to do before a step.
  enum CacheAction: Equatable {
    case release(Int)
    case share(from: Int, positions: Int, with: Int)
  }

  /// One step's rows, adapter after adapter, and which of them write a token.
  struct Step {
    var actions: [CacheAction] = []
    var ids: [Int32] = []
    var places: [CachePlace] = []
    /// The rows of each adapter.
    var runs: [(adapter: Int, rows: Range<Int>)] = []
    var outputs: [Int] = []
    var outputSlots: [Int] = []
    var promptRows = 0

    mutating func clear() {
      actions.removeAll(keepingCapacity: true)
      ids.removeAll(keepingCapacity: true)
      places.removeAll(keepingCapacity: true)
      runs.removeAll(keepingCapacity: true)
      outputs.removeAll(keepingCapacity: true)
      outputSlots.removeAll(keepingCapacity: true)
      promptRows = 0
    }
  }

  /// One request at work.
  private struct Writer {
    let request: Int
    let adapter: Int
    let count: Int
    /// Prompt tokens that are computed or shared, or are in the current step.
    var read: Int
    var last: Int32?
    var written = 0
  }

  private let prompts: [[Int32]]
  private let adapters: [Int]
  private let adapterCount: Int
  private let slotCount: Int
  private let rowsPerStep: Int
  private var plan: PrefixPlan
  private var waiting: ArraySlice<PrefixPlan.Entry>
  private var writers: [Writer?]
  /// Tokens of each prefix that are computed or in the current step.
  private var prefixRead: [Int]
  private var prefixUsers: [Int]
  /// Slots and prefixes that still read, in the order in which they began.
  private var readers: [Int] = []
  private var pendingActions: [CacheAction] = []

  /// A schedule; prefix p is read into slot `slots + p`.
  ///
  /// `adapters` gives each request's adapter as a small number.
  init(
    prompts: [[Int32]],
    adapters: [Int],
    plan: PrefixPlan,
    slots: Int,
    rowsPerStep: Int
  ) {
    self.prompts = prompts
    self.adapters = adapters
    self.plan = plan
    self.rowsPerStep = max(rowsPerStep, slots)
    adapterCount = (adapters.max() ?? 0) + 1
    slotCount = slots
    waiting = plan.order[...]
    writers = Array(repeating: nil, count: slots)
    prefixRead = plan.prefixes.map { _ in 0 }
    prefixUsers = plan.prefixes.map(\.users)
  }

  /// The request that a slot works on.
  func request(of slot: Int) -> Int { writers[slot]?.request ?? 0 }

  /// Fills the next step: one row for each slot that writes, then prompt rows up to the limit;
  /// false when all is done.
  mutating func fill(_ step: inout Step) -> Bool {
    step.clear()
    begin()
    swap(&step.actions, &pendingActions)
    let reads = planReads()
    for adapter in 0..<adapterCount {
      let start = step.ids.count
      addWriters(of: adapter, to: &step)
      for read in reads where self.adapter(ofSlot: read.slot) == adapter { add(read, to: &step) }
      if step.ids.count > start { step.runs.append((adapter, start..<step.ids.count)) }
    }
    return !step.ids.isEmpty
  }

  /// Takes a slot's new token.
  mutating func wrote(_ id: Int32, in slot: Int) {
    writers[slot]?.last = id
    writers[slot]?.written += 1
  }

  /// Frees the slot of a sequence that has ended.
  mutating func finished(_ slot: Int) {
    writers[slot] = nil
    pendingActions.append(.release(slot))
  }
}

// MARK: beginning

extension Schedule {
  /// Gives free slots to what waits and is ready; keeps one for each request that is not ready yet.
  private mutating func begin() {
    guard !waiting.isEmpty else { return }
    var free = writers.indices.filter { writers[$0] == nil }[...]
    var kept: [PrefixPlan.Entry] = []
    var looked = waiting.startIndex
    // What is in the current step may be gone on from in the next one.
    let complete = plan.prefixes.indices.map { prefixRead[$0] == plan.prefixes[$0].count }
    while looked < waiting.endIndex, kept.count < slotCount {
      let entry = waiting[looked]
      if case .request = entry, free.isEmpty { break }
      looked += 1
      let base = self.base(of: entry)
      guard base.map({ complete[$0] }) ?? true else {
        kept.append(entry)
        if case .request = entry { free.removeFirst() }
        continue
      }
      let slot: Int
      switch entry {
      case .prefix(let prefix): slot = slotCount + prefix
      case .request(let request):
        slot = free.removeFirst()
        writers[slot] = Writer(
          request: request,
          adapter: adapters[request],
          count: prompts[request].count,
          read: base.map { plan.prefixes[$0].count } ?? 0
        )
      }
      share(base, with: slot)
      readers.append(slot)
    }
    waiting = (kept + waiting[looked...])[...]
  }

  private func base(of entry: PrefixPlan.Entry) -> Int? {
    switch entry {
    case .prefix(let prefix): plan.prefixes[prefix].parent
    case .request(let request): plan.base[request]
    }
  }

  private mutating func share(_ base: Int?, with slot: Int) {
    guard let base else { return }
    let count = plan.prefixes[base].count
    if slot >= slotCount { prefixRead[slot - slotCount] = count }
    pendingActions.append(.share(from: slotCount + base, positions: count, with: slot))
    prefixUsers[base] -= 1
    if prefixUsers[base] == 0 { pendingActions.append(.release(slotCount + base)) }
  }
}

// MARK: rows

extension Schedule {
  /// Some prompt rows of one slot.
  private struct Read {
    let slot: Int
    let request: Int
    let positions: Range<Int>
    let isWhole: Bool
  }

  private func adapter(ofSlot slot: Int) -> Int {
    if slot >= slotCount { return adapters[plan.prefixes[slot - slotCount].example] }
    return writers[slot]?.adapter ?? 0
  }

  private mutating func planReads() -> [Read] {
    guard !readers.isEmpty else { return [] }
    var room = rowsPerStep - writers.count { $0?.last != nil }
    var reads: [Read] = []
    var done = 0
    for slot in readers {
      guard room > 0 else { break }
      let read = nextRead(of: slot, room: room)
      room -= read.positions.count
      reads.append(read)
      if read.isWhole { done += 1 }
    }
    readers.removeFirst(done)
    return reads
  }

  private mutating func nextRead(of slot: Int, room: Int) -> Read {
    let request: Int
    let (start, count): (Int, Int)
    if slot >= slotCount {
      let prefix = slot - slotCount
      request = plan.prefixes[prefix].example
      (start, count) = (prefixRead[prefix], plan.prefixes[prefix].count)
    } else {
      guard let writer = writers[slot] else { preconditionFailure("slot \(slot) is free") }
      request = writer.request
      (start, count) = (writer.read, writer.count)
    }
    let end = min(count, start + room)
    if slot >= slotCount {
      prefixRead[slot - slotCount] = end
    } else {
      writers[slot]?.read = end
    }
    return Read(slot: slot, request: request, positions: start..<end, isWhole: end == count)
  }

  private func addWriters(of adapter: Int, to step: inout Step) {
    for (slot, writer) in writers.enumerated() {
      guard let writer, writer.adapter == adapter, let last = writer.last else { continue }
      step.outputs.append(step.ids.count)
      step.outputSlots.append(slot)
      step.ids.append(last)
      let position = writer.count + writer.written - 1
      step.places.append(CachePlace(slot: slot, position: position))
    }
  }

  private func add(_ read: Read, to step: inout Step) {
    for position in read.positions {
      step.ids.append(prompts[read.request][position])
      step.places.append(CachePlace(slot: read.slot, position: position))
    }
    step.promptRows += read.positions.count
    guard read.isWhole, read.slot < slotCount else { return }
    step.outputs.append(step.ids.count - 1)
    step.outputSlots.append(read.slot)
  }
}
