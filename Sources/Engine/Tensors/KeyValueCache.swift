// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// Where one row of a step belongs: its slot in the cache and its position in the sequence.
public struct CachePlace: Sendable, Hashable {
  /// The slot.
  public let slot: Int
  /// The position, from 0.
  public let position: Int

  /// A place.
  public init(slot: Int, position: Int) {
    self.slot = slot
    self.position = position
  }
}

// A class, because models write through it; protected by the engine's rule that one thread calls
// kernels at a time.
/// Keys and values of every position seen so far, for a number of independent slots.
///
/// A slot is a list of blocks of ``blockPositions`` positions and grows with what is written, so
/// memory follows the tokens that are there. Slots may begin with the same blocks
/// (``share(_:positions:with:)``); a shared block is copied when one of them writes to it. A block
/// is laid out `[layer][key-value head][keys [D, 16] | values [16, Dv]]`, Dv the head size rounded
/// up to a multiple of 16: keys lie transposed, so that a query meets sixteen of them at once.
@safe public final class KeyValueCache: @unchecked Sendable {
  /// The positions of one block.
  public static let blockPositions = 16

  private static let slabBytes = 8 << 20

  /// The number of sequences that can be held at once.
  public let slots: Int
  /// The most positions of a slot.
  public let positions: Int
  /// The attention's sizes.
  public let shape: AttentionShape
  /// The bytes of one block, all layers together.
  public let blockBytes: Int
  /// The most blocks that were in use at one time.
  public private(set) var peakBlocks = 0
  /// The most blocks that sharing saved at one time.
  public private(set) var peakSavedBlocks = 0

  private var tables: [[Block]]
  private var bases: [[UnsafeMutablePointer<Float>]]
  private var unused: [Block] = []
  private var blocksInUse = 0
  private var blocksNamed = 0

  /// Sixteen positions of all layers, and how many slots have them.
  @safe private final class Block {
    private let slab: FloatStorage
    let base: UnsafeMutablePointer<Float>
    var holders = 0

    init(_ slab: FloatStorage, at offset: Int) {
      self.slab = slab
      unsafe base = slab.base + offset
    }
  }

  /// An empty cache; `positions` is the most that a slot may hold.
  public init(layers: Int, slots: Int, positions: Int, shape: AttentionShape) {
    self.slots = slots
    self.positions = positions
    self.shape = shape
    tables = Array(repeating: [], count: slots)
    unsafe bases = Array(repeating: [], count: slots)
    blockBytes =
      layers * shape.keyValueHeads * Self.headValues(shape) * MemoryLayout<Float>.stride
  }

  /// Lets a slot begin with the first positions of another; its own blocks go back first.
  ///
  /// Those positions must have been computed for all layers. Costs no memory until one of the two
  /// writes to the last, partly filled block.
  public func share(_ source: Int, positions count: Int, with slot: Int) {
    precondition(source != slot && count >= 0, "slot \(slot) cannot share \(count) of \(source)")
    let blocks = (count + Self.blockPositions - 1) / Self.blockPositions
    precondition(blocks <= tables[source].count, "slot \(source) holds less than \(count)")
    release(slot)
    tables[slot] = Array(tables[source].prefix(blocks))
    for block in tables[slot] {
      block.holders += 1
      unsafe bases[slot].append(block.base)
    }
    blocksNamed += blocks
    note()
  }

  /// Empties a slot, so that another sequence can begin there.
  public func release(_ slot: Int) {
    for block in tables[slot] { drop(block) }
    blocksNamed -= tables[slot].count
    tables[slot].removeAll(keepingCapacity: true)
    unsafe bases[slot].removeAll(keepingCapacity: true)
  }

  private func drop(_ block: Block) {
    block.holders -= 1
    guard block.holders == 0 else { return }
    unused.append(block)
    blocksInUse -= 1
  }

  private func fresh() -> Block {
    if unused.isEmpty { addSlab() }
    let block = unused.removeLast()
    block.holders = 1
    blocksInUse += 1
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

  private func note() {
    peakBlocks = max(peakBlocks, blocksInUse)
    peakSavedBlocks = max(peakSavedBlocks, blocksNamed - blocksInUse)
  }
}

// MARK: for the attention kernel

extension KeyValueCache {
  static func headValues(_ shape: AttentionShape) -> Int {
    blockPositions * (shape.headSize + valueStride(shape))
  }

  /// The distance between the values of two neighbouring positions.
  static func valueStride(_ shape: AttentionShape) -> Int { roundedUp(shape.headSize, 16) }

  /// Makes room for a position that is about to be written, in a block of the slot's own.
  func prepare(_ place: CachePlace) {
    precondition(
      place.slot >= 0 && place.slot < slots && place.position >= 0 && place.position < positions,
      "no place for position \(place.position) of slot \(place.slot) in \(slots) x \(positions)"
    )
    let index = place.position / Self.blockPositions
    if index >= tables[place.slot].count {
      while index >= tables[place.slot].count {
        let block = fresh()
        tables[place.slot].append(block)
        unsafe bases[place.slot].append(block.base)
        blocksNamed += 1
      }
      note()
    } else if tables[place.slot][index].holders > 1 {
      let shared = tables[place.slot][index]
      let own = fresh()
      let count = blockBytes / MemoryLayout<Float>.stride
      unsafe own.base.update(from: shared.base, count: count)
      drop(shared)
      tables[place.slot][index] = own
      unsafe bases[place.slot][index] = own.base
      note()
    }
  }

  /// Where each block of a slot begins; valid until the slot changes.
  func blocks(of slot: Int) -> [UnsafeMutablePointer<Float>] { unsafe bases[slot] }

  /// Where a layer begins in a block.
  func offset(of layer: Int) -> Int {
    layer * shape.keyValueHeads * Self.headValues(shape)
  }
}
