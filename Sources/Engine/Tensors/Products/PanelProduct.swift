internal import COneDNN

/// The left factor of a product: `a[r, k]` stands `r aRow + k aStep` values from `a`.
@safe struct LeftFactor {
  let a: UnsafePointer<Float>
  let aRow: Int
  let aStep: Int
  let rows: Int
  let inner: Int
}

/// Computes `c = a b`, or `c += a b`, tile by tile.
///
/// The range of k is cut into blocks by the source alone. A block's sum is one chain of fused multiply-adds
/// in order of k, from 0, and the blocks' sums are added one after another, to what `c` holds or to the
/// first of them. So an output's bits depend on its row of `a` and its column of `b` alone: not on the
/// number of rows, the row's place, the threads, or how the product is cut into tiles and tasks.
@safe struct PanelProduct<Source: PanelSource> {
  let left: LeftFactor
  let source: Source
  let c: UnsafeMutablePointer<Float>
  let cRow: Int
  let accumulate: Bool

  /// The most rows of `a` between two panels: their part of `a` stays in the second cache.
  private static var rowChunk: Int { 72 }
  /// The most panels whose blocks are decoded together, and the most steps of k of one of them.
  ///
  /// A tile takes all decoded blocks of a panel one after another, so that what it adds to is still
  /// in the first cache.
  private static var panelGroup: Int { 8 }
  private static var spanSteps: Int { 640 }
  /// The rows between two blocks of a left factor that is read where it lies; with few panels they are few.
  private static var plainChunk: Int { 144 }
  private static var thinChunk: Int { 24 }
  private static var thinPanels: Int { 4 }
  private static var thinSteps: Int { 4096 }
  /// From this size on the left factor is copied tile by tile, so that its rows do not compete for cache lines.
  private static var packedRows: Int { 96 }
  private static var packedPanels: Int { 16 }

  func run() {
    guard left.rows > 0, source.panels > 0 else { return }
    guard left.inner > 0 else { return clear() }
    if left.rows >= Self.packedRows && source.panels >= Self.packedPanels {
      unsafe LentBlock.with(tiles * pitch) { packed in
        unsafe pack(into: packed)
        unsafe runTasks(packed: UnsafePointer(packed))
      }
    } else {
      unsafe runTasks(packed: nil)
    }
  }

  private func clear() {
    guard !accumulate else { return }
    let width = source.columns(ofPanel: source.panels - 1).upperBound
    for row in 0..<left.rows { unsafe (c + row * cRow).update(repeating: 0, count: width) }
  }

  private var tiles: Int { (left.rows + 5) / 6 }

  /// The values of a packed tile, with room for the two spare lanes of its last line.
  private var pitch: Int { 6 * left.inner + 8 }

  /// The rows of a tile: all tiles have almost the same number.
  private func rows(ofTile index: Int) -> Range<Int> {
    left.rows * index / tiles..<left.rows * (index + 1) / tiles
  }

  /// Copies the left factor as `[tile][k][6]`.
  private func pack(into target: UnsafeMutablePointer<Float>) {
    let inner = left.inner
    parallelRanges(tiles, atLeast: 4) { range in
      for index in range {
        let rows = rows(ofTile: index)
        let lines = unsafe target + index * pitch
        if left.aStep == 1 && rows.count > 4 {
          unsafe packRows(rows, into: lines)
        } else {
          for k in 0..<inner {
            for r in 0..<rows.count {
              unsafe lines[6 &* k &+ r] = unsafe left.a[
                (rows.lowerBound &+ r) &* left.aRow &+ k &* left.aStep
              ]
            }
          }
        }
      }
    }
  }

  /// Five or six rows, eight steps at a time; a line's two spare lanes are overwritten by the next line.
  private func packRows(_ rows: Range<Int>, into lines: UnsafeMutablePointer<Float>) {
    let start = unsafe left.a + rows.lowerBound * left.aRow
    let last = rows.count - 1
    let whole = left.inner & ~7
    for k in stride(from: 0, to: whole, by: 8) {
      var block = LaneBlock { unsafe load(start + k, min($0, last) &* left.aRow) }
      block.transpose()
      unsafe block.store(lines + 6 * k, row: 6)
    }
    for k in whole..<left.inner {
      for r in 0..<rows.count { unsafe lines[6 &* k &+ r] = unsafe start[r &* left.aRow &+ k] }
    }
  }

  /// The tasks: groups of panels, or, when there are few panels, runs of tiles.
  private func runTasks(packed: UnsafePointer<Float>?) {
    let threads = left.rows * left.inner * source.panels < 8192 ? 1 : Threads.count
    let spans = unsafe spans(of: packed == nil ? plainSpan : Self.spanSteps)
    let room = 32 + (spans.map(steps(of:)).max() ?? 0)
    if source.panels >= 4 * threads || tiles < 16 {
      let rounds = roundedUp(source.panels, threads * Self.panelGroup) / (threads * Self.panelGroup)
      let group = (source.panels + threads * rounds - 1) / (threads * rounds)
      unsafe parallelTasks((source.panels + group - 1) / group, scratch: 16 * room * group) {
        task,
        scratch in
        let panels = task * group..<min(source.panels, (task + 1) * group)
        unsafe run(spans, panels, tiles: 0..<tiles, packed: packed, scratch, room: room)
      }
    } else {
      let count = min(4 * threads, tiles / 8)
      unsafe parallelTasks(count, scratch: 16 * room * source.panels) { task, scratch in
        let range = tiles * task / count..<tiles * (task + 1) / count
        unsafe run(spans, 0..<source.panels, tiles: range, packed: packed, scratch, room: room)
      }
    }
  }

  private var plainSpan: Int {
    source.panels <= Self.thinPanels && left.aStep == 1 ? Self.thinSteps : 0
  }

  /// Runs of blocks that are decoded together, of at most that many steps, but at least one block.
  private func spans(of limit: Int) -> [Range<Int>] {
    var spans: [Range<Int>] = []
    for (index, block) in source.blocks.enumerated() {
      if let last = spans.last,
        block.upperBound - source.blocks[last.lowerBound].lowerBound <= limit
      {
        spans[spans.count - 1] = last.lowerBound..<index + 1
      } else {
        spans.append(index..<index + 1)
      }
    }
    return spans
  }

  private func run(
    _ spans: [Range<Int>],
    _ panels: Range<Int>,
    tiles range: Range<Int>,
    packed: UnsafePointer<Float>?,
    _ scratch: UnsafeMutablePointer<Float>,
    room: Int
  ) {
    let most = panels.count * (spans.map(\.count).max() ?? 0)
    unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: most) { lines in
      for span in spans {
        var start = unsafe scratch
        for (offset, block) in span.enumerated() {
          unsafe source.decode(panels, block: block, into: start, pitch: 16 * room) { place, b in
            unsafe lines[place * span.count + offset] = unsafe b
          }
          unsafe start += 16 * roundedUp(source.blocks[block].count, 32)
        }
        if let packed = unsafe packed {
          unsafe runPacked(packed, span, panels, range, lines)
        } else {
          unsafe runPlain(span, panels, range, lines)
        }
      }
    }
  }

  /// A tile takes all decoded blocks of a panel, so that what it adds to is still in the first cache.
  private func runPacked(
    _ packed: UnsafePointer<Float>,
    _ span: Range<Int>,
    _ panels: Range<Int>,
    _ range: Range<Int>,
    _ lines: UnsafeMutableBufferPointer<UnsafePointer<Float>>
  ) {
    for tiles in chunks(of: range, by: Self.rowChunk / 6) {
      for (place, panel) in panels.enumerated() {
        let columns = source.columns(ofPanel: panel)
        for index in tiles {
          for block in span {
            let b = unsafe lines[place &* span.count &+ (block &- span.lowerBound)]
            unsafe run(tile: index, block, columns, b, packed)
          }
        }
      }
    }
  }

  /// A block of the panels stays in the first cache for some tiles.
  ///
  /// With few panels the product waits for its left factor, so the rows that come next are asked
  /// for while these are multiplied.
  private func runPlain(
    _ span: Range<Int>,
    _ panels: Range<Int>,
    _ range: Range<Int>,
    _ lines: UnsafeMutableBufferPointer<UnsafePointer<Float>>
  ) {
    let isThin = panels.count <= Self.thinPanels && left.aStep == 1
    for tiles in chunks(of: range, by: (isThin ? Self.thinChunk : Self.plainChunk) / 6) {
      var ahead = RowsAhead(left, isThin ? rows(after: tiles, until: range) : 0..<0)
      let share = ahead.lines / max(1, span.count * panels.count * tiles.count) + 1
      for block in span {
        for (place, panel) in panels.enumerated() {
          let columns = source.columns(ofPanel: panel)
          let b = unsafe lines[place &* span.count &+ (block &- span.lowerBound)]
          for index in tiles {
            ahead.prefetch(share)
            unsafe run(tile: index, block, columns, b, nil)
          }
        }
      }
    }
  }

  private func chunks(of range: Range<Int>, by size: Int) -> [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: size).map {
      $0..<min($0 + size, range.upperBound)
    }
  }

  /// The rows of as many tiles as `tiles`, right after them.
  private func rows(after tiles: Range<Int>, until range: Range<Int>) -> Range<Int> {
    let end = min(tiles.upperBound + tiles.count, range.upperBound)
    guard end > tiles.upperBound else { return 0..<0 }
    return rows(ofTile: tiles.upperBound).lowerBound..<rows(ofTile: end - 1).upperBound
  }

  /// The steps of k that a run of blocks takes in scratch.
  private func steps(of span: Range<Int>) -> Int {
    span.reduce(0) { $0 + roundedUp(source.blocks[$1].count, 32) }
  }

  /// One tile: rows of `a` times one block of one panel.
  private func run(
    tile index: Int,
    _ block: Int,
    _ columns: Range<Int>,
    _ b: UnsafePointer<Float>,
    _ packed: UnsafePointer<Float>?
  ) {
    let rows = rows(ofTile: index)
    let steps = source.blocks[block]
    let target = unsafe c + (rows.lowerBound * cRow + columns.lowerBound)
    let isAdding = accumulate || block > 0
    if columns.count == 16 {
      unsafe multiply(rows, index, steps, b, packed, target, cRow, isAdding)
      return
    }
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: 96) { buffer in
      guard let part = buffer.baseAddress else { return }
      unsafe part.update(repeating: 0, count: 96)
      if isAdding {
        for r in 0..<rows.count {
          unsafe (part + 16 * r).update(from: target + r * cRow, count: columns.count)
        }
      }
      unsafe multiply(rows, index, steps, b, packed, part, 16, isAdding)
      for r in 0..<rows.count {
        unsafe (target + r * cRow).update(from: part + 16 * r, count: columns.count)
      }
    }
  }

  @inline(__always)
  private func multiply(
    _ rows: Range<Int>,
    _ index: Int,
    _ steps: Range<Int>,
    _ b: UnsafePointer<Float>,
    _ packed: UnsafePointer<Float>?,
    _ target: UnsafeMutablePointer<Float>,
    _ row: Int,
    _ accumulate: Bool
  ) {
    if let packed = unsafe packed {
      let a = unsafe packed + (index * pitch + 6 * steps.lowerBound)
      let tile = unsafe Tile(a: a, aRow: 1, aStep: 6, c: target, cRow: row)
      unsafe packedTile(rows: rows.count, inner: steps.count, tile, b, accumulate: accumulate)
    } else {
      let a = unsafe left.a + (rows.lowerBound * left.aRow + steps.lowerBound * left.aStep)
      let tile = unsafe Tile(a: a, aRow: left.aRow, aStep: left.aStep, c: target, cRow: row)
      unsafe plainTile(rows: rows.count, inner: steps.count, tile, b, accumulate: accumulate)
    }
  }
}

/// Asks for the cache lines of some rows of a left factor, in the order in which they lie in memory.
@safe struct RowsAhead {
  private let first: UnsafePointer<Float>
  private let row: Int
  private let perRow: Int
  private var next = 0
  /// All lines of the rows.
  let lines: Int

  init(_ left: LeftFactor, _ rows: Range<Int>) {
    unsafe first = left.a + rows.lowerBound * left.aRow
    row = left.aRow
    perRow = (left.inner + 15) / 16
    lines = rows.count * perRow
  }

  @inline(__always)
  mutating func prefetch(_ count: Int) {
    let end = min(lines, next &+ count)
    var (line, column) = next.quotientAndRemainder(dividingBy: max(perRow, 1))
    while next < end {
      unsafe tunix_rt_prefetch(first + (line &* row &+ 16 &* column))
      next &+= 1
      column &+= 1
      if column == perRow { (line, column) = (line &+ 1, 0) }
    }
  }
}
