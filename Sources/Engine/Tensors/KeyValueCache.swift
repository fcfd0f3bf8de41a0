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
/// Keys and values of the positions that can still be seen, for a number of independent slots.
///
/// A slot is a list of blocks of ``blockPositions`` positions and grows with what is written, so
/// memory follows the tokens that are there. Layers that see equally far back have their blocks
/// together, and with a window a slot keeps only the blocks that its next rows see. Slots may begin
/// with the same blocks (``share(_:positions:with:)``); a shared block is copied when one of them
/// writes to it. A block is laid out `[layer][key-value head][keys [D, 16] | values [16, Dv]]`, Dv the
/// head size rounded up to a multiple of 16: keys lie transposed, so that a query meets sixteen of
/// them at once.
@safe public final class KeyValueCache: @unchecked Sendable {
  /// The positions of one block.
  public static let blockPositions = 16

  /// The number of sequences that can be held at once.
  public let slots: Int
  /// The most positions of a slot.
  public let positions: Int
  /// The attention's sizes.
  public let shape: AttentionShape
  /// The most bytes that were in use at one time.
  public private(set) var peakBytes = 0
  /// The most bytes that sharing saved at one time.
  public private(set) var peakSavedBytes = 0

  private let pools: [CacheBlocks]
  /// Each layer's pool, and its place among the layers of that pool.
  private let places: [(pool: Int, layer: Int)]

  /// An empty cache; `positions` is the most that a slot may hold.
  ///
  /// `windows` says for each layer how many positions it sees, its own included; nil for all.
  public init(windows: [Int?], slots: Int, positions: Int, shape: AttentionShape) {
    self.slots = slots
    self.positions = positions
    self.shape = shape
    var kinds: [(window: Int?, layers: Int)] = []
    places = windows.map { window in
      let known = kinds.firstIndex { $0.window == window }
      if known == nil { kinds.append((window, 0)) }
      let pool = known ?? kinds.count - 1
      kinds[pool].layers += 1
      return (pool, kinds[pool].layers - 1)
    }
    let layerBytes =
      shape.keyValueHeads * Self.headValues(shape) * MemoryLayout<Float>.stride
    pools = kinds.map {
      CacheBlocks(window: $0.window, blockBytes: $0.layers * layerBytes, slots: slots)
    }
  }

  /// An empty cache of layers that see all positions.
  public convenience init(layers: Int, slots: Int, positions: Int, shape: AttentionShape) {
    self.init(
      windows: Array(repeating: nil, count: layers),
      slots: slots,
      positions: positions,
      shape: shape
    )
  }

  /// The bytes of one block, all layers together.
  public var blockBytes: Int { pools.reduce(0) { $0 + $1.blockBytes } }

  /// Lets a slot begin with the first positions of another; its own blocks go back first.
  ///
  /// Those positions must have been computed for all layers, and with a window be the last ones. Costs
  /// no memory until one of the two writes to the last, partly filled block.
  public func share(_ source: Int, positions count: Int, with slot: Int) {
    precondition(source != slot && count >= 0, "slot \(slot) cannot share \(count) of \(source)")
    release(slot)
    for pool in pools { pool.share(source, positions: count, with: slot) }
    note()
  }

  /// Empties a slot, so that another sequence can begin there.
  public func release(_ slot: Int) {
    for pool in pools { pool.release(slot) }
  }

  private func note() {
    var (used, saved) = (0, 0)
    for pool in pools {
      used += pool.inUse * pool.blockBytes
      saved += (pool.named - pool.inUse) * pool.blockBytes
    }
    peakBytes = max(peakBytes, used)
    peakSavedBytes = max(peakSavedBytes, saved)
  }
}

// MARK: for the attention kernel

extension KeyValueCache {
  static func headValues(_ shape: AttentionShape) -> Int {
    blockPositions * (shape.headSize + valueStride(shape))
  }

  /// The distance between the values of two neighbouring positions.
  static func valueStride(_ shape: AttentionShape) -> Int { roundedUp(shape.headSize, 16) }

  /// Makes room for a step's rows of a layer, and lets go of what no row from now on sees there.
  func prepare(_ rows: [CachePlace], layer: Int) {
    let pool = pools[places[layer].pool]
    if pool.window != nil {
      // A slot's first row of the step sees furthest back.
      var earliest: [Int: Int] = [:]
      for place in rows {
        earliest[place.slot] = min(earliest[place.slot] ?? .max, place.position)
      }
      for (slot, position) in earliest { pool.forget(slot, before: position) }
    }
    for place in rows {
      precondition(
        place.slot >= 0 && place.slot < slots && place.position >= 0 && place.position < positions,
        "no place for position \(place.position) of slot \(place.slot) in \(slots) x \(positions)"
      )
      pool.prepare(place)
    }
    note()
  }

  /// The blocks of a slot that a layer sees.
  func table(of slot: Int, layer: Int) -> CacheBlocks.Table {
    pools[places[layer].pool].table(of: slot)
  }

  /// How many positions a layer's blocks are kept for; nil for all.
  func window(of layer: Int) -> Int? { pools[places[layer].pool].window }

  /// Where a layer begins in a block.
  func offset(of layer: Int) -> Int {
    places[layer].layer * shape.keyValueHeads * Self.headValues(shape)
  }
}
