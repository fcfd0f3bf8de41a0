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
    let width = roundedUp(n, 16)
    let keysTransposed = unsafe memory
    let valuesTransposed = unsafe keysTransposed + width * padded
    let keys = unsafe valuesTransposed + width * padded
    let dKeys = unsafe keys + width * padded
    let dValues = unsafe dKeys + width * padded
    let rest = unsafe dValues + width * padded
    let first = unsafe fused.row(rows.lowerBound)
    let key = unsafe first + shape.keyColumn(keyHead)
    let value = unsafe first + shape.valueColumn(keyHead)
    unsafe transpose(key, fused.stride, n, D, into: keysTransposed, width)
    unsafe transpose(value, fused.stride, n, D, into: valuesTransposed, width)
    unsafe pack(key, fused.stride, n, D, padded, 1, into: keys)
    unsafe dKeys.update(repeating: 0, count: 2 * width * padded)
    for head in keyHead * shape.group..<(keyHead + 1) * shape.group {
      for start in stride(from: 0, to: n, by: block) {
        unsafe addBlock(
          head,
          start,
          width,
          keysTransposed,
          valuesTransposed,
          keys,
          dKeys,
          dValues,
          rest
        )
      }
    }
    for row in 0..<n {
      let target = unsafe dFused.row(rows.lowerBound + row)
      unsafe (target + shape.keyColumn(keyHead)).update(from: dKeys + row * padded, count: D)
      unsafe (target + shape.valueColumn(keyHead)).update(from: dValues + row * padded, count: D)
    }
  }

  /// Adds what eight query rows of one head contribute, and writes their own gradient.
  private func addBlock(
    _ head: Int,
    _ start: Int,
    _ width: Int,
    _ keysTransposed: UnsafeMutablePointer<Float>,
    _ valuesTransposed: UnsafeMutablePointer<Float>,
    _ keys: UnsafeMutablePointer<Float>,
    _ dKeys: UnsafeMutablePointer<Float>,
    _ dValues: UnsafeMutablePointer<Float>,
    _ memory: UnsafeMutablePointer<Float>
  ) {
    let (D, padded) = (shape.headSize, shape.paddedHeadSize)
    let (live, column) = (min(block, rows.count - start), shape.queryColumn(head))
    let seen = start + live
    let from = windowStart(start, window) / 16 * 16
    let probabilities = unsafe memory
    let dScores = unsafe probabilities + block * width
    let queries = unsafe dScores + block * width
    let upstream = unsafe queries + block * padded
    let dQueries = unsafe upstream + block * padded
    let firstRow = rows.lowerBound + start
    let query = unsafe fused.row(firstRow) + column
    unsafe packBlock(query, fused.stride, live, D, padded, shape.scale, into: queries)
    let dRow = unsafe dOutput.row(firstRow) + column
    unsafe packBlock(dRow, dOutput.stride, live, D, padded, 1, into: upstream)
    unsafe blockScores(
      queries,
      keysTransposed,
      D,
      padded,
      width,
      from,
      until: seen,
      into: probabilities
    )
    unsafe blockScores(
      upstream,
      valuesTransposed,
      D,
      padded,
      width,
      from,
      until: seen,
      into: dScores
    )
    for row in 0..<block {
      let line = unsafe probabilities + row * width
      let dLine = unsafe dScores + row * width
      let length = row < live ? start + row + 1 : from
      let low = row < live ? windowStart(start + row, window) : from
      if row < live {
        let at = firstRow + row
        let delta = unsafe dot(upstream + row * padded, output.row(at) + column, D)
        unsafe softmaxGradient(
          line,
          dLine,
          low / 8 * 8,
          length,
          normaliser: logSums.row(at)[head],
          delta: delta
        )
      }
      unsafe zero(line, from: from, to: low)
      unsafe zero(dLine, from: from, to: low)
      unsafe zero(line, from: length, to: seen)
      unsafe zero(dLine, from: length, to: seen)
    }
    let count = seen - from
    unsafe addOuterProducts8(
      rows: count,
      width: padded,
      probabilities + from,
      width,
      upstream,
      padded,
      dValues + from * padded,
      padded
    )
    unsafe addOuterProducts8(
      rows: count,
      width: padded,
      dScores + from,
      width,
      queries,
      padded,
      dKeys + from * padded,
      padded
    )
    unsafe blockTimesRows(
      dScores + from,
      width,
      keys + from * padded,
      padded,
      count,
      into: dQueries
    )
    for row in 0..<live {
      unsafe unpack(
        dQueries + row * padded,
        D,
        shape.scale,
        into: dFused.row(firstRow + row) + column
      )
    }
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
