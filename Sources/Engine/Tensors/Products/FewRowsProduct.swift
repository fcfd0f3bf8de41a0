/// `y = x Wᵀ` for at most four rows: panels are decoded in registers and read once.
///
/// The same chains of the same blocks as in `PanelProduct`, so the two give the same bits.
struct FewRowsProduct {
  let forward: ForwardPanels
  let x: Matrix
  let y: Matrix
  let accumulate: Bool

  private static let mostRows = 4

  private var weight: PanelSet { forward.weight }

  /// Whether this is faster than tiles: measured, by what decoding leaves of the registers.
  static func suits(_ weight: PanelSet, rows: Int) -> Bool {
    guard rows > 0 && rows <= mostRows && weight.columns > 0 else { return false }
    return weight.parts.allSatisfy { part in
      switch part.store.format {
      case .f32, .nibble, .nibbleMinimum: rows <= 2
      case .f16, .bf16, .byte, .byteMinimum: true
      }
    }
  }

  func run() {
    let pairs = weight.parts.map { ($0.store.panels + 1) / 2 }
    let count = pairs.reduce(0, +)
    let threads = x.rows * weight.columns * weight.rows < 32_768 ? 1 : Threads.count
    let tasks = min(count, 4 * threads)
    unsafe parallelTasks(threads == 1 ? 1 : tasks, scratch: 0) { task, _ in
      let all = threads == 1 ? 1 : tasks
      var first = 0
      for (part, size) in zip(weight.parts, pairs) {
        let low = max(count * task / all, first)
        let high = min(count * (task + 1) / all, first + size)
        for pair in low..<max(low, high) { run(part, pair: pair - first) }
        first += size
      }
    }
  }

  private func run(_ part: PanelSet.Part, pair: Int) {
    let store = part.store
    let row = part.firstRow + 32 * pair
    let live = min(32, store.rows - 32 * pair)
    guard live == 32 else { return runRagged(part, pair: pair, live: live) }
    unsafe multiply(store, pair: pair, panels: 2, into: y.base + row, row: y.stride, accumulate)
  }

  /// Fewer than 32 columns are left: the kernels write to a block of their own.
  private func runRagged(_ part: PanelSet.Part, pair: Int, live: Int) {
    let target = unsafe y.base + (part.firstRow + 32 * pair)
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: 32 * Self.mostRows) { buffer in
      guard let block = buffer.baseAddress else { return }
      unsafe block.update(repeating: 0, count: 32 * Self.mostRows)
      if accumulate {
        for r in 0..<x.rows {
          unsafe (block + 32 * r).update(from: target + r * y.stride, count: live)
        }
      }
      let panels = live > 16 ? 2 : 1
      unsafe multiply(part.store, pair: pair, panels: panels, into: block, row: 32, accumulate)
      for r in 0..<x.rows {
        unsafe (target + r * y.stride).update(from: block + 32 * r, count: live)
      }
    }
  }

  private func multiply(
    _ store: PanelStore,
    pair: Int,
    panels: Int,
    into target: UnsafeMutablePointer<Float>,
    row: Int,
    _ accumulate: Bool
  ) {
    let codec = store.format.codec
    let (steps, bytes) = (codec.blockSteps, codec.blockBytes)
    for (index, block) in forward.blocks.enumerated() {
      let isAdding = accumulate || index > 0
      let first = unsafe store.panel(2 * pair) + block.lowerBound / steps * bytes
      func task(_ column: Int) -> FewRows {
        unsafe FewRows(
          a: x.base + block.lowerBound,
          aRow: x.stride,
          c: target + column,
          cRow: row,
          inner: block.count,
          accumulate: isAdding
        )
      }
      if x.rows <= 2 && panels == 2 {
        unsafe fewRows(store.format, rows: x.rows, panels: 2, task(0), first, store.panelBytes)
        continue
      }
      for panel in 0..<panels {
        let start = unsafe first + panel * store.panelBytes
        unsafe fewRows(store.format, rows: x.rows, panels: 1, task(16 * panel), start, 0)
      }
    }
  }
}
