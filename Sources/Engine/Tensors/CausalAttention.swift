// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import Foundation

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
  checkAttention(fused, shape, segments, window, output, logSums)
  let D = shape.paddedHeadSize
  let longest = segments.map(\.count).max() ?? 0
  let size = roundedUp(longest, 16) * D
  let scratch = 2 * size + QueryBlock.limit * (QueryBlock.width(longest) + D)
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
    let height = roundedUp(n, 16)
    let keys = unsafe memory
    let values = unsafe keys + height * shape.paddedHeadSize
    let rest = unsafe values + height * shape.paddedHeadSize
    let segment = fused.rowSlice(rows)
    unsafe copyPositions(segment.columnSlice(shape.key(keyHead)), scale: shape.scale, into: keys)
    unsafe copyColumns(segment.columnSlice(shape.value(keyHead)), height: height, into: values)
    forEachQueryBlock(n, window: window) { block in
      for head in keyHead * shape.group..<(keyHead + 1) * shape.group {
        unsafe attend(head, block, keys, values, height, rest)
      }
    }
  }

  /// The output of some query rows of one head.
  private func attend(
    _ head: Int,
    _ block: QueryBlock,
    _ keys: UnsafePointer<Float>,
    _ values: UnsafePointer<Float>,
    _ height: Int,
    _ memory: UnsafeMutablePointer<Float>
  ) {
    let (D, padded) = (shape.headSize, shape.paddedHeadSize)
    let column = shape.queryColumn(head)
    let firstRow = rows.lowerBound + block.start
    let scores = unsafe memory
    let result = unsafe scores + QueryBlock.limit * block.width
    unsafe block.multiply(fused.row(firstRow) + column, fused.stride, keys, D, into: scores)
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: block.rows) { sums in
      for row in 0..<block.rows {
        let line = unsafe scores + row * block.width
        let (top, sum) = unsafe softmaxInPlace(line, block.positions(of: row))
        unsafe block.clearUnseen(line, row)
        unsafe logSums.row(firstRow + row)[head] = top + Foundation.log(sum)
        unsafe sums[row] = sum
      }
      unsafe block.weigh(scores, values, height: height, padded: padded, into: result)
      for row in 0..<block.rows {
        let target = unsafe output.row(firstRow + row) + column
        unsafe unpack(result + row * padded, D, 1 / sums[row], into: target)
      }
    }
  }
}

func checkAttention(
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
