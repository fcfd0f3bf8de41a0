// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import COneDNN

/// Stores each row's keys and values in the cache, then attends over the positions that it may see.
///
/// `output = softmax(scale q kᵀ) v` for each head. Shapes: `fused` `[T, (H + 2 Hkv) D]` with
/// queries and keys already rotated, `output` `[T, H D]`. Position i sees j when `j <= i` and, with
/// a `window`, `i - j < window`. The rows of one slot stand in order of position; a slot's earlier
/// positions are in the cache.
///
/// A row's result depends on its own sequence only: every score is one chain of fused multiply-adds
/// over the head's values, sums run over positions in ascending order with fixed lanes, and neither
/// depends on which rows are computed together, on threads, or on whether blocks are shared.
public func cachedAttention(
  _ fused: Matrix,
  places: [CachePlace],
  cache: KeyValueCache,
  layer: Int,
  window: Int? = nil,
  into output: Matrix
) {
  let span = Profiling.begin(.attention)
  defer { Profiling.end(span) }
  let shape = cache.shape
  precondition(places.count == fused.rows && output.rows == fused.rows)
  precondition(fused.columns == shape.fusedColumns && output.columns == shape.outputColumns)
  precondition(window.map { $0 > 0 } ?? true, "a window of no positions")
  precondition(
    cache.window(of: layer).map { $0 >= window ?? .max } ?? true,
    "layer \(layer) sees further back than the cache keeps"
  )
  cache.prepare(places, layer: layer)
  // Twelve queries at once are three calls of the kernel for four rows.
  let runs = rowRuns(places, limit: max(1, 12 / shape.group))
  parallelRanges(places.count, atLeast: 16) { range in
    for row in range { store(fused, row, places[row], cache, layer) }
  }
  let longest = (places.lazy.map(\.position).max() ?? 0) + 1
  let width = roundedUp(longest, KeyValueCache.blockPositions)
  let queries = roundedUp((runs.lazy.map(\.count).max() ?? 0) * shape.group, 4)
  let scratch = queries * (width + shape.headSize + KeyValueCache.valueStride(shape))
  unsafe parallelTasks(runs.count * shape.keyValueHeads, scratch: scratch) { task, memory in
    let rows = runs[task / shape.keyValueHeads]
    unsafe CachedTask(
      fused: fused,
      output: output,
      shape: shape,
      rows: rows,
      position: places[rows.lowerBound].position,
      keyHead: task % shape.keyValueHeads,
      window: window,
      blocks: cache.table(of: places[rows.lowerBound].slot, layer: layer),
      offset: cache.offset(of: layer),
      width: width
    ).run(memory)
  }
}

/// Neighbouring rows of one slot at neighbouring positions, at most `limit` together.
private func rowRuns(_ places: [CachePlace], limit: Int) -> [Range<Int>] {
  var runs: [Range<Int>] = []
  runs.reserveCapacity(places.count)
  var start = 0
  for row in 1...max(places.count, 1) {
    if row < places.count, row - start < limit, places[row].slot == places[row - 1].slot,
      places[row].position == places[row - 1].position + 1
    {
      continue
    }
    if row <= places.count { runs.append(start..<row) }
    start = row
  }
  return runs
}

/// Writes one row's keys and values to its place.
private func store(
  _ fused: Matrix,
  _ row: Int,
  _ place: CachePlace,
  _ cache: KeyValueCache,
  _ layer: Int
) {
  let shape = cache.shape
  let D = shape.headSize
  let size = KeyValueCache.blockPositions
  let column = place.position % size
  let source = unsafe fused.row(row)
  let table = cache.table(of: place.slot, layer: layer)
  let block = unsafe table.base(place.position / size) + cache.offset(of: layer)
  for head in 0..<shape.keyValueHeads {
    let keys = unsafe block + head * KeyValueCache.headValues(shape)
    let key = unsafe source + shape.keyColumn(head)
    for d in 0..<D { unsafe keys[d * size + column] = key[d] }
    let values = unsafe keys + size * D + column * KeyValueCache.valueStride(shape)
    unsafe values.update(from: source + shape.valueColumn(head), count: D)
  }
}

/// The query heads of one key-value head, for a few neighbouring rows of one sequence.
@safe private struct CachedTask {
  let fused: Matrix
  let output: Matrix
  let shape: AttentionShape
  let rows: Range<Int>
  let position: Int
  let keyHead: Int
  let window: Int?
  let blocks: CacheBlocks.Table
  let offset: Int
  let width: Int

  private var size: Int { KeyValueCache.blockPositions }
  private var count: Int { rows.count * shape.group }

  /// The first position that a row sees.
  private func start(_ row: Int) -> Int { windowStart(position + row, window) }

  func run(_ memory: UnsafeMutablePointer<Float>) {
    let D = shape.headSize
    let Dv = KeyValueCache.valueStride(shape)
    let padded = roundedUp(count, 4)
    let queries = unsafe memory
    let sums = unsafe queries + padded * D
    let scores = unsafe sums + padded * Dv
    unsafe pack(into: queries, padded)
    unsafe sums.update(repeating: 0, count: padded * Dv)
    let end = position + rows.count
    let seen = start(0) / size..<(end + size - 1) / size
    let head = offset + keyHead * KeyValueCache.headValues(shape)
    for block in seen {
      let keys = unsafe blocks.base(block) + head
      let next =
        unsafe block + 1 < seen.upperBound ? blocks.base(block + 1) + head : keys + size * D
      for q in stride(from: 0, to: padded, by: 4) {
        let target = unsafe scores + q * width + block * size
        unsafe multiplyKeys(D, queries + q * D, keys, next: q == 0 ? next : keys, target, width)
      }
    }
    unsafe normalise(scores, seen)
    for block in seen {
      let values = unsafe blocks.base(block) + head + size * D
      let last =
        unsafe block + 1 < seen.upperBound ? blocks.base(block + 1) + head + size * D : values
      let inner = min(size, end - block * size)
      for q in stride(from: 0, to: padded, by: 4) {
        let weights = unsafe scores + q * width + block * size
        let next = unsafe q == 0 ? last : values
        unsafe addWeightedRows(inner, weights, width, values, next: next, Dv, sums + q * Dv)
      }
    }
    for row in 0..<rows.count {
      let target =
        unsafe output.row(rows.lowerBound + row) + shape.queryColumn(keyHead * shape.group)
      for head in 0..<shape.group {
        let source = unsafe sums + (row * shape.group + head) * Dv
        unsafe (target + head * D).update(from: source, count: D)
      }
    }
  }

  /// The queries times the scale, row after row and head after head; rows up to `padded` are zero.
  private func pack(into queries: UnsafeMutablePointer<Float>, _ padded: Int) {
    let D = shape.headSize
    let columns = shape.group * D
    for row in 0..<rows.count {
      let source =
        unsafe fused.row(rows.lowerBound + row) + shape.queryColumn(keyHead * shape.group)
      let target = unsafe queries + row * columns
      for column in 0..<columns { unsafe target[column] = source[column] * shape.scale }
    }
    unsafe (queries + count * D).update(repeating: 0, count: (padded - count) * D)
  }

  /// Turns scores into probabilities; what a row does not see becomes zero.
  private func normalise(_ scores: UnsafeMutablePointer<Float>, _ seen: Range<Int>) {
    let whole = seen.lowerBound * size..<seen.upperBound * size
    for q in 0..<count {
      let row = q / shape.group
      let line = unsafe scores + q * width
      unsafe softmax(line, start(row)..<position + row + 1, within: whole)
    }
  }
}

/// Replaces the scores of a range by their softmax and the rest of `whole` by zeros.
///
/// `whole` begins and ends at multiples of eight. Sums run over eight fixed lanes, so that what is
/// outside the range has no part in any bit.
private func softmax(
  _ line: UnsafeMutablePointer<Float>,
  _ range: Range<Int>,
  within whole: Range<Int>
) {
  let low = range.lowerBound / 8 * 8
  let high = roundedUp(range.upperBound, 8)
  unsafe zero(line, from: whole.lowerBound, to: low)
  unsafe zero(line, from: high, to: whole.upperBound)
  for index in low..<range.lowerBound { unsafe line[index] = -.infinity }
  for index in range.upperBound..<high { unsafe line[index] = -.infinity }
  let top = unsafe maximum(line + low, high - low)
  var sum = Lanes(repeating: 0)
  for index in stride(from: low, to: high, by: 8) {
    let score = unsafe load(line, index)
    let hidden = score .== Lanes(repeating: -.infinity)
    let value = exponential(score - top).replacing(with: 0, where: hidden)
    unsafe store(value, line, index)
    sum += value
  }
  let factor = 1 / total(sum)
  for index in stride(from: low, to: high, by: 8) {
    unsafe store(load(line, index) * factor, line, index)
  }
}

/// `scores[r, 0..<16] = sum over d of queries[r, d] * keys[d, 0..<16]` for four rows r.
///
/// Each score is one chain over d. Asks for the block `next` meanwhile: the cache is read once a
/// step, and the processor does not foresee where the next block lies.
@inline(__always)
private func multiplyKeys(
  _ D: Int,
  _ queries: UnsafeMutablePointer<Float>,
  _ keys: UnsafeMutablePointer<Float>,
  next: UnsafeMutablePointer<Float>,
  _ scores: UnsafeMutablePointer<Float>,
  _ width: Int
) {
  var c00 = Lanes(repeating: 0)
  var c01 = c00
  var c10 = c00
  var c11 = c00
  var c20 = c00
  var c21 = c00
  var c30 = c00
  var c31 = c00
  for d in 0..<D {
    unsafe tunix_rt_prefetch(next + 16 * d)
    let b0 = unsafe load(keys, 16 * d)
    let b1 = unsafe load(keys, 16 * d + 8)
    let a0 = unsafe Lanes(repeating: queries[d])
    let a1 = unsafe Lanes(repeating: queries[D + d])
    let a2 = unsafe Lanes(repeating: queries[2 * D + d])
    let a3 = unsafe Lanes(repeating: queries[3 * D + d])
    c00.addProduct(a0, b0)
    c01.addProduct(a0, b1)
    c10.addProduct(a1, b0)
    c11.addProduct(a1, b1)
    c20.addProduct(a2, b0)
    c21.addProduct(a2, b1)
    c30.addProduct(a3, b0)
    c31.addProduct(a3, b1)
  }
  unsafe store(c00, scores, 0)
  unsafe store(c01, scores, 8)
  unsafe store(c10, scores, width)
  unsafe store(c11, scores, width + 8)
  unsafe store(c20, scores, 2 * width)
  unsafe store(c21, scores, 2 * width + 8)
  unsafe store(c30, scores, 3 * width)
  unsafe store(c31, scores, 3 * width + 8)
}

/// `sums[r, 0..<stride] += sum over k of weights[r, k] * rows[k, 0..<stride]` for four rows r.
///
/// Each sum is one chain that goes on where it stood; `stride` is a multiple of sixteen. Asks for
/// the block `next` meanwhile.
@inline(__always)
private func addWeightedRows(
  _ inner: Int,
  _ weights: UnsafeMutablePointer<Float>,
  _ width: Int,
  _ rows: UnsafeMutablePointer<Float>,
  next: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ sums: UnsafeMutablePointer<Float>
) {
  var d = 0
  while d < stride {
    let target = unsafe sums + d
    var c00 = unsafe load(target, 0)
    var c01 = unsafe load(target, 8)
    var c10 = unsafe load(target, stride)
    var c11 = unsafe load(target, stride + 8)
    var c20 = unsafe load(target, 2 * stride)
    var c21 = unsafe load(target, 2 * stride + 8)
    var c30 = unsafe load(target, 3 * stride)
    var c31 = unsafe load(target, 3 * stride + 8)
    for k in 0..<inner {
      unsafe tunix_rt_prefetch(next + k * stride + d)
      let b0 = unsafe load(rows, k * stride + d)
      let b1 = unsafe load(rows, k * stride + d + 8)
      let a0 = unsafe Lanes(repeating: weights[k])
      let a1 = unsafe Lanes(repeating: weights[width + k])
      let a2 = unsafe Lanes(repeating: weights[2 * width + k])
      let a3 = unsafe Lanes(repeating: weights[3 * width + k])
      c00.addProduct(a0, b0)
      c01.addProduct(a0, b1)
      c10.addProduct(a1, b0)
      c11.addProduct(a1, b1)
      c20.addProduct(a2, b0)
      c21.addProduct(a2, b1)
      c30.addProduct(a3, b0)
      c31.addProduct(a3, b1)
    }
    unsafe store(c00, target, 0)
    unsafe store(c01, target, 8)
    unsafe store(c10, target, stride)
    unsafe store(c11, target, stride + 8)
    unsafe store(c20, target, 2 * stride)
    unsafe store(c21, target, 2 * stride + 8)
    unsafe store(c30, target, 3 * stride)
    unsafe store(c31, target, 3 * stride + 8)
    d += 16
  }
}
