/// Blocks of sixteen positions, for layers that see equally far back, and which slots have them.
///
/// A slot's table names its blocks from the first one that is still seen; with a window, blocks that
/// no row from now on sees go back. A block that several slots name is copied when one of them
/// writes to it.
@safe final class CacheBlocks {
  /// What a slot has: blocks from number `first` on.
  @safe struct Table {
    fileprivate(set) var first = 0
    fileprivate var blocks: [Block] = []
    private var bases: [UnsafeMutablePointer<Float>] = unsafe []

    /// The number of the block after the last.
    var end: Int { first + blocks.count }

    /// Where a block begins; valid until the slot changes.
    func base(_ index: Int) -> UnsafeMutablePointer<Float> { unsafe bases[index - first] }

    fileprivate subscript(index: Int) -> Block { blocks[index - first] }

    fileprivate mutating func append(_ block: Block) {
      blocks.append(block)
      unsafe bases.append(block.base)
    }

    fileprivate mutating func replace(_ index: Int, by block: Block) {
      blocks[index - first] = block
      unsafe bases[index - first] = block.base
    }

    fileprivate mutating func removeFirst(_ count: Int) {
      first += count
      blocks.removeFirst(count)
      unsafe bases.removeFirst(count)
    }
  }

  /// Sixteen positions of all layers, and how many slots name them.
  @safe fileprivate final class Block {
    private let slab: FloatStorage
    let base: UnsafeMutablePointer<Float>
    var holders = 0

    init(_ slab: FloatStorage, at offset: Int) {
      self.slab = slab
      unsafe base = slab.base + offset
    }
  }

  private static let slabBytes = 8 << 20

  /// The number of positions that the layers see, their own included; nil for all.
  let window: Int?
  /// The bytes of one block, all layers together.
  let blockBytes: Int
  /// Blocks that some slot names.
  private(set) var inUse = 0
  /// Blocks that slots name, one that two slots name counted twice.
  private(set) var named = 0
  private var tables: [Table]
  private var unused: [Block] = []

  init(window: Int?, blockBytes: Int, slots: Int) {
    self.window = window
    self.blockBytes = blockBytes
    tables = Array(repeating: Table(), count: slots)
  }

  func table(of slot: Int) -> Table { tables[slot] }

  /// Lets an empty slot begin with the first positions of another.
  func share(_ source: Int, positions count: Int, with slot: Int) {
    let size = KeyValueCache.blockPositions
    let seen = windowStart(count, window) / size
    let end = (count + size - 1) / size
    precondition(end <= tables[source].end, "slot \(source) holds less than \(count)")
    precondition(
      tables[source].first <= min(seen, end),
      "slot \(source) has let go of positions before \(tables[source].first * size)"
    )
    tables[slot].first = min(seen, end)
    for index in tables[slot].first..<end {
      let block = tables[source][index]
      block.holders += 1
      tables[slot].append(block)
    }
    named += tables[slot].blocks.count
  }

  /// Empties a slot.
  func release(_ slot: Int) {
    for block in tables[slot].blocks { drop(block) }
    named -= tables[slot].blocks.count
    tables[slot] = Table()
  }

  /// Lets go of what no row of a slot from `position` on sees.
  func forget(_ slot: Int, before position: Int) {
    let first = windowStart(position, window) / KeyValueCache.blockPositions
    let count = min(first, tables[slot].end) - tables[slot].first
    guard count > 0 else { return }
    for block in tables[slot].blocks.prefix(count) { drop(block) }
    named -= count
    tables[slot].removeFirst(count)
  }

  /// Makes room for a position that is about to be written, in a block of the slot's own.
  func prepare(_ place: CachePlace) {
    let index = place.position / KeyValueCache.blockPositions
    precondition(
      index >= tables[place.slot].first,
      "slot \(place.slot) has let go of position \(place.position)"
    )
    while index >= tables[place.slot].end {
      tables[place.slot].append(fresh())
      named += 1
    }
    let shared = tables[place.slot][index]
    guard shared.holders > 1 else { return }
    let own = fresh()
    let count = blockBytes / MemoryLayout<Float>.stride
    unsafe own.base.update(from: shared.base, count: count)
    drop(shared)
    tables[place.slot].replace(index, by: own)
  }

  private func drop(_ block: Block) {
    block.holders -= 1
    guard block.holders == 0 else { return }
    unused.append(block)
    inUse -= 1
  }

  private func fresh() -> Block {
    if unused.isEmpty { addSlab() }
    let block = unused.removeLast()
    block.holders = 1
    inUse += 1
    return block
  }

  /// Makes some blocks at once, on huge pages where the system has them: attention reads its few
  /// kilobytes a block all over the cache, and with small pages it would wait for the page table.
  private func addSlab() {
    let values = blockBytes / MemoryLayout<Float>.stride
    let count = max(1, Self.slabBytes / blockBytes)
    let slab = FloatStorage(count: values * count, prefersHugePages: true)
    unused += (0..<count).reversed().map { Block(slab, at: $0 * values) }
  }
}
