// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import Foundation

// Letters: n length of a segment, D head size. Query rows go in blocks of eight.

private let block = 8

/// Causal attention within each segment: rows see themselves and the rows before them in it.
///
/// `o_i = sum over j <= i of softmax_j(scale q_i k_j) v_j`. Shapes: `fused` `[T, (H + 2 Hkv) D]`,
/// `output` `[T, H D]`, `logSums` `[T, H]` (what the gradient needs). Segments are disjoint ranges of
/// rows, so packed examples cannot see each other. With a `window`, a row sees only that many rows,
/// itself included. Quadratic in a segment's length, linear with a window.
public func causalAttention(
  _ fused: Matrix,
  shape: AttentionShape,
  segments: [Range<Int>],
  window: Int? = nil,
  into output: Matrix,
  logSums: Matrix
) {
  let span = Profiling.begin(.attention)
  defer { Profiling.end(span) }
  check(fused, shape, segments, window, output, logSums)
  let D = shape.paddedHeadSize
  let longest = segments.map(\.count).max() ?? 0
  let padded = roundedUp(longest, 16)
  let scratch = padded * D * 2 + block * padded + 2 * block * D
  unsafe parallelTasks(segments.count * shape.keyValueHeads, scratch: scratch) { task, memory in
    unsafe ForwardTask(
      fused: fused,
      shape: shape,
      rows: segments[task / shape.keyValueHeads],
      keyHead: task % shape.keyValueHeads,
      window: window,
      output: output,
      logSums: logSums
    ).run(memory)
  }
}

/// One key-value head and its query heads over one segment.
@safe private struct ForwardTask {
  let fused: Matrix
  let shape: AttentionShape
  let rows: Range<Int>
  let keyHead: Int
  let window: Int?
  let output: Matrix
  let logSums: Matrix

  func run(_ memory: UnsafeMutablePointer<Float>) {
    let n = rows.count
    let (D, padded) = (shape.headSize, shape.paddedHeadSize)
    let width = roundedUp(n, 16)
    let keys = unsafe memory
    let values = unsafe keys + width * padded
    let rest = unsafe values + width * padded
    let first = unsafe fused.row(rows.lowerBound)
    unsafe transpose(first + shape.keyColumn(keyHead), fused.stride, n, D, into: keys, width)
    unsafe pack(first + shape.valueColumn(keyHead), fused.stride, n, D, padded, 1, into: values)
    for head in keyHead * shape.group..<(keyHead + 1) * shape.group {
      for start in stride(from: 0, to: n, by: block) {
        unsafe attend(head, start, width, keys, values, rest)
      }
    }
  }

  /// The output of eight query rows of one head.
  private func attend(
    _ head: Int,
    _ start: Int,
    _ width: Int,
    _ keys: UnsafeMutablePointer<Float>,
    _ values: UnsafeMutablePointer<Float>,
    _ memory: UnsafeMutablePointer<Float>
  ) {
    let (D, padded) = (shape.headSize, shape.paddedHeadSize)
    let live = min(block, rows.count - start)
    let seen = start + live
    let from = windowStart(start, window) / 16 * 16
    let column = shape.queryColumn(head)
    let scores = unsafe memory
    let queries = unsafe scores + block * width
    let scales = unsafe queries + block * padded
    let firstRow = rows.lowerBound + start
    unsafe packBlock(
      fused.row(firstRow) + column,
      fused.stride,
      live,
      D,
      padded,
      shape.scale,
      into: queries
    )
    unsafe blockScores(queries, keys, D, padded, width, from, until: seen, into: scores)
    for row in 0..<live {
      let line = unsafe scores + row * width
      let low = windowStart(start + row, window)
      let (top, sum) = unsafe softmaxInPlace(line, from: low, start + row + 1)
      unsafe zero(line, from: from, to: low)
      unsafe zero(line, from: start + row + 1, to: seen)
      unsafe logSums.row(firstRow + row)[head] = top + Foundation.log(sum)
      unsafe scales[row] = 1 / sum
    }
    unsafe blockTimesRows(
      scores + from,
      width,
      values + from * padded,
      padded,
      seen - from,
      into: queries
    )
    for row in 0..<live {
      unsafe unpack(
        queries + row * padded,
        D,
        scales[row],
        into: output.row(firstRow + row) + column
      )
    }
  }
}

/// The gradient of ``causalAttention(_:shape:segments:window:into:logSums:)``.
///
/// Probabilities are computed again from `fused` and `logSums`. With `P` the probabilities:
/// `dV = Pᵀ dO`, `dS = P (dO Vᵀ - rowsum(dO O))`, `dQ = scale dS K`, `dK = scale dSᵀ Q`. Shapes as in
/// the forward kernel; `dFused` is overwritten for the rows of the segments.
public func causalAttentionGradient(
  _ fused: Matrix,
  shape: AttentionShape,
  segments: [Range<Int>],
  window: Int? = nil,
  output: Matrix,
  logSums: Matrix,
  dOutput: Matrix,
  into dFused: Matrix
) {
  let span = Profiling.begin(.attention)
  defer { Profiling.end(span) }
  check(fused, shape, segments, window, output, logSums)
  precondition(dFused.columns == fused.columns && dFused.rows >= fused.rows)
  precondition(dOutput.columns == output.columns && dOutput.rows >= output.rows)
  let D = shape.paddedHeadSize
  let padded = roundedUp(segments.map(\.count).max() ?? 0, 16)
  let scratch = padded * D * 5 + 2 * block * padded + 3 * block * D
  unsafe parallelTasks(segments.count * shape.keyValueHeads, scratch: scratch) { task, memory in
    let segment = segments[task / shape.keyValueHeads]
    let keyHead = task % shape.keyValueHeads
    unsafe GradientTask(
      fused: fused,
      shape: shape,
      rows: segment,
      keyHead: keyHead,
      window: window,
      output: output,
      logSums: logSums,
      dOutput: dOutput,
      dFused: dFused
    ).run(memory)
  }
}

/// The gradient of one key-value head and its query heads over one segment.
@safe private struct GradientTask {
  let fused: Matrix
  let shape: AttentionShape
  let rows: Range<Int>
  let keyHead: Int
  let window: Int?
  let output: Matrix
  let logSums: Matrix
  let dOutput: Matrix
  let dFused: Matrix

  func run(_ memory: UnsafeMutablePointer<Float>) {
    let n = rows.count
    let (D, padded) = (shape.headSize, shape.paddedHeadSize)
    let head = unsafe HeadMemory(memory, width: roundedUp(n, 16), padded: padded)
    let first = unsafe fused.row(rows.lowerBound)
    let key = unsafe first + shape.keyColumn(keyHead)
    let value = unsafe first + shape.valueColumn(keyHead)
    unsafe transpose(key, fused.stride, n, D, into: head.keysTransposed, head.width)
    unsafe transpose(value, fused.stride, n, D, into: head.valuesTransposed, head.width)
    unsafe pack(key, fused.stride, n, D, padded, 1, into: head.keys)
    unsafe head.dKeys.update(repeating: 0, count: 2 * head.width * padded)
    for query in keyHead * shape.group..<(keyHead + 1) * shape.group {
      for start in stride(from: 0, to: n, by: block) {
        addBlock(shape.queryColumn(query), start, head)
      }
    }
    for row in 0..<n {
      let target = unsafe dFused.row(rows.lowerBound + row)
      let (dKey, dValue) = unsafe (head.dKeys + row * padded, head.dValues + row * padded)
      unsafe (target + shape.keyColumn(keyHead)).update(from: dKey, count: D)
      unsafe (target + shape.valueColumn(keyHead)).update(from: dValue, count: D)
    }
  }

  /// Adds what eight query rows of one head contribute, and writes their own gradient.
  private func addBlock(_ column: Int, _ start: Int, _ head: HeadMemory) {
    let (D, padded, width) = (shape.headSize, shape.paddedHeadSize, head.width)
    let live = min(block, rows.count - start)
    let seen = start + live
    let from = windowStart(start, window) / 16 * 16
    let rest = unsafe BlockMemory(head.rest, width: width, padded: padded)
    let firstRow = rows.lowerBound + start
    let query = unsafe fused.row(firstRow) + column
    let dRow = unsafe dOutput.row(firstRow) + column
    let (queries, upstream) = unsafe (rest.queries, rest.upstream)
    unsafe packBlock(query, fused.stride, live, D, padded, shape.scale, into: queries)
    unsafe packBlock(dRow, dOutput.stride, live, D, padded, 1, into: upstream)
    let (keys, values) = unsafe (head.keysTransposed, head.valuesTransposed)
    let (scores, dScores) = unsafe (rest.probabilities, rest.dScores)
    unsafe blockScores(queries, keys, D, padded, width, from, until: seen, into: scores)
    unsafe blockScores(upstream, values, D, padded, width, from, until: seen, into: dScores)
    replaceScores(column, start, from..<seen, rest, width)
    addProducts(from..<seen, rest, to: head)
    for row in 0..<live {
      let target = unsafe dFused.row(firstRow + row) + column
      unsafe unpack(rest.dQueries + row * padded, D, shape.scale, into: target)
    }
  }

  /// Turns a block's scores into probabilities, and what came from above into the scores' gradients.
  ///
  /// Positions of `seen` that a row does not see become zero.
  private func replaceScores(
    _ column: Int,
    _ start: Int,
    _ seen: Range<Int>,
    _ memory: BlockMemory,
    _ width: Int
  ) {
    let padded = shape.paddedHeadSize
    let live = seen.upperBound - start
    for row in 0..<block {
      let line = unsafe memory.probabilities + row * width
      let dLine = unsafe memory.dScores + row * width
      let length = row < live ? start + row + 1 : seen.lowerBound
      let low = row < live ? windowStart(start + row, window) : seen.lowerBound
      if row < live {
        let at = rows.lowerBound + start + row
        let head = column / shape.headSize
        let above = unsafe memory.upstream + row * padded
        let delta = unsafe dot(above, output.row(at) + column, shape.headSize)
        let sum = unsafe logSums.row(at)[head]
        unsafe softmaxGradient(line, dLine, low / 8 * 8, length, normaliser: sum, delta: delta)
      }
      unsafe zero(line, from: seen.lowerBound, to: low)
      unsafe zero(dLine, from: seen.lowerBound, to: low)
      unsafe zero(line, from: length, to: seen.upperBound)
      unsafe zero(dLine, from: length, to: seen.upperBound)
    }
  }

  /// `dV += Pᵀ dO` and `dK += dSᵀ Q` for the positions `seen`, and `dQ = dS K` for the block's rows.
  private func addProducts(_ seen: Range<Int>, _ memory: BlockMemory, to head: HeadMemory) {
    let (padded, width) = (shape.paddedHeadSize, head.width)
    let (from, count) = (seen.lowerBound, seen.count)
    let probabilities = unsafe memory.probabilities + from
    let dScores = unsafe memory.dScores + from
    unsafe addOuterProducts8(
      rows: count,
      width: padded,
      probabilities,
      width,
      memory.upstream,
      padded,
      head.dValues + from * padded,
      padded
    )
    unsafe addOuterProducts8(
      rows: count,
      width: padded,
      dScores,
      width,
      memory.queries,
      padded,
      head.dKeys + from * padded,
      padded
    )
    let keys = unsafe head.keys + from * padded
    unsafe blockTimesRows(dScores, width, keys, padded, count, into: memory.dQueries)
  }
}

/// A key-value head's rows over one segment, and room for their gradients and for a block.
@safe private struct HeadMemory {
  let width: Int
  let keysTransposed: UnsafeMutablePointer<Float>
  let valuesTransposed: UnsafeMutablePointer<Float>
  let keys: UnsafeMutablePointer<Float>
  let dKeys: UnsafeMutablePointer<Float>
  let dValues: UnsafeMutablePointer<Float>
  let rest: UnsafeMutablePointer<Float>

  init(_ memory: UnsafeMutablePointer<Float>, width: Int, padded: Int) {
    self.width = width
    let size = width * padded
    unsafe keysTransposed = memory
    unsafe valuesTransposed = memory + size
    unsafe keys = memory + 2 * size
    unsafe dKeys = memory + 3 * size
    unsafe dValues = memory + 4 * size
    unsafe rest = memory + 5 * size
  }
}

/// Eight query rows of one head: their scores, themselves and their gradients.
@safe private struct BlockMemory {
  let probabilities: UnsafeMutablePointer<Float>
  let dScores: UnsafeMutablePointer<Float>
  let queries: UnsafeMutablePointer<Float>
  let upstream: UnsafeMutablePointer<Float>
  let dQueries: UnsafeMutablePointer<Float>

  init(_ memory: UnsafeMutablePointer<Float>, width: Int, padded: Int) {
    unsafe probabilities = memory
    unsafe dScores = memory + block * width
    unsafe queries = memory + 2 * block * width
    unsafe upstream = memory + 2 * block * width + block * padded
    unsafe dQueries = memory + 2 * block * width + 2 * block * padded
  }
}

/// Replaces scores by probabilities and their upstream gradients by the scores' gradients.
private func softmaxGradient(
  _ line: UnsafeMutablePointer<Float>,
  _ dLine: UnsafeMutablePointer<Float>,
  _ from: Int,
  _ count: Int,
  normaliser: Float,
  delta: Float
) {
  for j in stride(from: from, to: count, by: 8) {
    let probability = unsafe exponential(load(line, j) - normaliser)
    unsafe store(probability, line, j)
    unsafe store(probability * (load(dLine, j) - delta), dLine, j)
  }
}

private func check(
  _ fused: Matrix,
  _ shape: AttentionShape,
  _ segments: [Range<Int>],
  _ window: Int?,
  _ output: Matrix,
  _ logSums: Matrix
) {
  precondition((window ?? 1) > 0, "a window of \(window ?? 0) positions sees nothing")
  precondition(fused.columns == shape.fusedColumns && output.columns == shape.outputColumns)
  precondition(output.rows >= fused.rows && logSums.rows >= fused.rows)
  precondition(logSums.columns == shape.heads)
  for segment in segments {
    precondition(segment.lowerBound >= 0 && segment.upperBound <= fused.rows, "\(segment)")
  }
}
