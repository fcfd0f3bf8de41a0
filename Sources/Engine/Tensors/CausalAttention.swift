// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import Foundation

// Letters: n length of a segment, D head size. Query rows go in blocks of eight.

private let block = 8

/// Causal attention within each segment: rows see themselves and the rows before them in it.
///
/// `o_i = sum over j <= i of softmax_j(scale q_i k_j) v_j`. Shapes: `fused` `[T, (H + 2 Hkv) D]`,
/// `output` `[T, H D]`, `logSums` `[T, H]` (what the gradient needs). Segments are disjoint ranges of
/// rows, so packed examples cannot see each other. Quadratic in a segment's length.
public func causalAttention(
  _ fused: Matrix,
  shape: AttentionShape,
  segments: [Range<Int>],
  into output: Matrix,
  logSums: Matrix
) {
  check(fused, shape, segments, output, logSums)
  let D = shape.headSize
  let longest = segments.map(\.count).max() ?? 0
  let padded = roundedUp(longest, 16)
  let scratch = padded * D * 2 + block * padded + 2 * block * D
  unsafe parallelTasks(segments.count * shape.keyValueHeads, scratch: scratch) { task, memory in
    unsafe ForwardTask(
      fused: fused,
      shape: shape,
      rows: segments[task / shape.keyValueHeads],
      keyHead: task % shape.keyValueHeads,
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
  let output: Matrix
  let logSums: Matrix

  func run(_ memory: UnsafeMutablePointer<Float>) {
    let n = rows.count
    let D = shape.headSize
    let width = roundedUp(n, 16)
    let keys = unsafe memory
    let values = unsafe keys + width * D
    let rest = unsafe values + width * D
    let first = unsafe fused.row(rows.lowerBound)
    unsafe transpose(first + shape.keyColumn(keyHead), fused.stride, n, D, into: keys, width)
    unsafe pack(first + shape.valueColumn(keyHead), fused.stride, n, D, 1, into: values)
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
    let D = shape.headSize
    let live = min(block, rows.count - start)
    let seen = start + live
    let column = shape.queryColumn(head)
    let scores = unsafe memory
    let queries = unsafe scores + block * width
    let scales = unsafe queries + block * D
    let firstRow = rows.lowerBound + start
    unsafe packBlock(
      fused.row(firstRow) + column,
      fused.stride,
      live,
      D,
      shape.scale,
      into: queries
    )
    unsafe blockScores(queries, keys, D, width, until: seen, into: scores)
    for row in 0..<live {
      let line = unsafe scores + row * width
      let (top, sum) = unsafe softmaxInPlace(line, start + row + 1)
      unsafe zero(line, from: start + row + 1, to: seen)
      unsafe logSums.row(firstRow + row)[head] = top + Foundation.log(sum)
      unsafe scales[row] = 1 / sum
    }
    unsafe blockTimesRows(scores, width, values, D, seen, into: queries)
    for row in 0..<live {
      let target = unsafe output.row(firstRow + row) + column
      let scale = unsafe Lanes(repeating: scales[row])
      for d in stride(from: 0, to: D, by: 8) {
        unsafe store(load(queries, row * D + d) * scale, target, d)
      }
    }
  }
}

/// The gradient of ``causalAttention(_:shape:segments:into:logSums:)``.
///
/// Probabilities are computed again from `fused` and `logSums`. With `P` the probabilities:
/// `dV = Pᵀ dO`, `dS = P (dO Vᵀ - rowsum(dO O))`, `dQ = scale dS K`, `dK = scale dSᵀ Q`. Shapes as in
/// the forward kernel; `dFused` is overwritten for the rows of the segments.
public func causalAttentionGradient(
  _ fused: Matrix,
  shape: AttentionShape,
  segments: [Range<Int>],
  output: Matrix,
  logSums: Matrix,
  dOutput: Matrix,
  into dFused: Matrix
) {
  check(fused, shape, segments, output, logSums)
  precondition(dFused.columns == fused.columns && dFused.rows >= fused.rows)
  precondition(dOutput.columns == output.columns && dOutput.rows >= output.rows)
  let D = shape.headSize
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
  let output: Matrix
  let logSums: Matrix
  let dOutput: Matrix
  let dFused: Matrix

  func run(_ memory: UnsafeMutablePointer<Float>) {
    let n = rows.count
    let D = shape.headSize
    let width = roundedUp(n, 16)
    let keysTransposed = unsafe memory
    let valuesTransposed = unsafe keysTransposed + width * D
    let keys = unsafe valuesTransposed + width * D
    let dKeys = unsafe keys + width * D
    let dValues = unsafe dKeys + width * D
    let rest = unsafe dValues + width * D
    let first = unsafe fused.row(rows.lowerBound)
    let key = unsafe first + shape.keyColumn(keyHead)
    let value = unsafe first + shape.valueColumn(keyHead)
    unsafe transpose(key, fused.stride, n, D, into: keysTransposed, width)
    unsafe transpose(value, fused.stride, n, D, into: valuesTransposed, width)
    unsafe pack(key, fused.stride, n, D, 1, into: keys)
    unsafe dKeys.update(repeating: 0, count: 2 * width * D)
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
      unsafe (target + shape.keyColumn(keyHead)).update(from: dKeys + row * D, count: D)
      unsafe (target + shape.valueColumn(keyHead)).update(from: dValues + row * D, count: D)
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
    let D = shape.headSize
    let (live, column) = (min(block, rows.count - start), shape.queryColumn(head))
    let seen = start + live
    let probabilities = unsafe memory
    let dScores = unsafe probabilities + block * width
    let queries = unsafe dScores + block * width
    let upstream = unsafe queries + block * D
    let dQueries = unsafe upstream + block * D
    let firstRow = rows.lowerBound + start
    unsafe packBlock(
      fused.row(firstRow) + column,
      fused.stride,
      live,
      D,
      shape.scale,
      into: queries
    )
    unsafe packBlock(
      dOutput.row(firstRow) + column,
      dOutput.stride,
      live,
      D,
      1,
      into: upstream
    )
    unsafe blockScores(queries, keysTransposed, D, width, until: seen, into: probabilities)
    unsafe blockScores(upstream, valuesTransposed, D, width, until: seen, into: dScores)
    for row in 0..<block {
      let line = unsafe probabilities + row * width
      let dLine = unsafe dScores + row * width
      let length = row < live ? start + row + 1 : 0
      if row < live {
        let at = firstRow + row
        let delta = unsafe dot(upstream + row * D, output.row(at) + column, D)
        unsafe softmaxGradient(line, dLine, length, normaliser: logSums.row(at)[head], delta: delta)
      }
      unsafe zero(line, from: length, to: seen)
      unsafe zero(dLine, from: length, to: seen)
    }
    unsafe addOuterProducts8(rows: seen, width: D, probabilities, width, upstream, D, dValues, D)
    unsafe addOuterProducts8(rows: seen, width: D, dScores, width, queries, D, dKeys, D)
    unsafe blockTimesRows(dScores, width, keys, D, seen, into: dQueries)
    for row in 0..<live {
      let target = unsafe dFused.row(firstRow + row) + column
      for d in stride(from: 0, to: D, by: 8) {
        unsafe store(load(dQueries, row * D + d) * shape.scale, target, d)
      }
    }
  }
}

/// Replaces scores by probabilities and their upstream gradients by the scores' gradients.
private func softmaxGradient(
  _ line: UnsafeMutablePointer<Float>,
  _ dLine: UnsafeMutablePointer<Float>,
  _ count: Int,
  normaliser: Float,
  delta: Float
) {
  for j in stride(from: 0, to: count, by: 8) {
    let probability = unsafe exponential(load(line, j) - normaliser)
    unsafe store(probability, line, j)
    unsafe store(probability * (load(dLine, j) - delta), dLine, j)
  }
}

private func check(
  _ fused: Matrix,
  _ shape: AttentionShape,
  _ segments: [Range<Int>],
  _ output: Matrix,
  _ logSums: Matrix
) {
  precondition(fused.columns == shape.fusedColumns && output.columns == shape.outputColumns)
  precondition(output.rows >= fused.rows && logSums.rows >= fused.rows)
  precondition(logSums.columns == shape.heads)
  for segment in segments {
    precondition(segment.lowerBound >= 0 && segment.upperBound <= fused.rows, "\(segment)")
  }
}
