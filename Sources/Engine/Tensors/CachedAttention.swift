// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// Keys and values of every position seen so far, for a number of independent slots.
///
/// One block a layer, laid out `[slot][key | value][key-value head][position][head size]`. Memory:
/// `layers * slots * 2 * keyValueHeads * positions * headSize * 4` bytes.
public struct KeyValueCache: Sendable {
  /// The number of sequences that can be held at once.
  public let slots: Int
  /// The number of positions a slot has room for.
  public let positions: Int
  /// The attention's sizes.
  public let shape: AttentionShape
  private let layers: [FloatStorage]

  /// An empty cache.
  public init(layers: Int, slots: Int, positions: Int, shape: AttentionShape) {
    self.slots = slots
    self.positions = positions
    self.shape = shape
    let size = slots * 2 * shape.keyValueHeads * positions * shape.headSize
    self.layers = (0..<layers).map { _ in FloatStorage(count: size) }
  }

  fileprivate func start(_ slot: Int, _ part: Int, _ head: Int) -> Int {
    ((slot * 2 + part) * shape.keyValueHeads + head) * positions * shape.headSize
  }

  fileprivate func block(_ layer: Int) -> FloatStorage { layers[layer] }
}

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

/// Stores each row's keys and values in the cache, then attends over all positions up to its own.
///
/// Shapes: `fused` `[T, (H + 2 Hkv) D]` with queries and keys already rotated, `output` `[T, H D]`. A row's
/// result depends on its own sequence only, in a fixed order of additions, whatever the batch. With a
/// `window`, a row sees only that many positions, its own included.
public func cachedAttention(
  _ fused: Matrix,
  places: [CachePlace],
  cache: KeyValueCache,
  layer: Int,
  window: Int? = nil,
  into output: Matrix
) {
  let shape = cache.shape
  precondition(places.count == fused.rows && output.rows == fused.rows)
  precondition(fused.columns == shape.fusedColumns && output.columns == shape.outputColumns)
  let D = shape.headSize
  let memory = cache.block(layer)
  for (row, place) in places.enumerated() {
    precondition(place.slot < cache.slots && place.position < cache.positions, "\(place)")
    for head in 0..<shape.keyValueHeads {
      let source = unsafe fused.row(row)
      let key = unsafe memory.base + cache.start(place.slot, 0, head) + place.position * D
      let value = unsafe memory.base + cache.start(place.slot, 1, head) + place.position * D
      unsafe key.update(from: source + shape.keyColumn(head), count: D)
      unsafe value.update(from: source + shape.valueColumn(head), count: D)
    }
  }
  let scratch = roundedUp(cache.positions, 8)
  unsafe parallelTasks(fused.rows * shape.keyValueHeads, scratch: scratch) { task, scores in
    let row = task / shape.keyValueHeads
    let keyHead = task % shape.keyValueHeads
    let place = places[row]
    let keys = unsafe memory.base + cache.start(place.slot, 0, keyHead)
    let values = unsafe memory.base + cache.start(place.slot, 1, keyHead)
    for head in keyHead * shape.group..<(keyHead + 1) * shape.group {
      let query = unsafe fused.row(row) + shape.queryColumn(head)
      let low = windowStart(place.position, window)
      let length = place.position + 1 - low
      for j in 0..<length { unsafe scores[j] = dot(query, keys + (low + j) * D, D) * shape.scale }
      let (_, sum) = unsafe softmaxInPlace(scores, length)
      let target = unsafe output.row(row) + shape.queryColumn(head)
      unsafe weightedSum(scores, values + low * D, length, D, scale: 1 / sum, into: target)
    }
  }
}

/// `target[0..<D] = scale * sum over j of weights[j] rows[j, 0..<D]`, j in order.
private func weightedSum(
  _ weights: UnsafeMutablePointer<Float>,
  _ rows: UnsafeMutablePointer<Float>,
  _ count: Int,
  _ D: Int,
  scale: Float,
  into target: UnsafeMutablePointer<Float>
) {
  var d = 0
  while d + 32 <= D {
    var s0 = Lanes(repeating: 0)
    var s1 = s0
    var s2 = s0
    var s3 = s0
    for j in 0..<count {
      let weight = unsafe Lanes(repeating: weights[j])
      let row = unsafe rows + j * D + d
      unsafe s0.addProduct(weight, load(row, 0))
      unsafe s1.addProduct(weight, load(row, 8))
      unsafe s2.addProduct(weight, load(row, 16))
      unsafe s3.addProduct(weight, load(row, 24))
    }
    unsafe store(s0 * scale, target, d)
    unsafe store(s1 * scale, target, d + 8)
    unsafe store(s2 * scale, target, d + 16)
    unsafe store(s3 * scale, target, d + 24)
    d += 32
  }
  while d + 8 <= D {
    var sum = Lanes(repeating: 0)
    for j in 0..<count {
      unsafe sum.addProduct(Lanes(repeating: weights[j]), load(rows, j * D + d))
    }
    unsafe store(sum * scale, target, d)
    d += 8
  }
  while d < D {
    var sum: Float = 0
    for j in 0..<count { unsafe sum.addProduct(weights[j], rows[j * D + d]) }
    unsafe target[d] = sum * scale
    d += 1
  }
}
