// swift-format-ignore-file: AlwaysUseLowerCamelCase

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
  checkAttention(fused, shape, segments, window, output, logSums)
  precondition(dFused.columns == fused.columns && dFused.rows >= fused.rows)
  precondition(dOutput.columns == output.columns && dOutput.rows >= output.rows)
  let longest = segments.map(\.count).max() ?? 0
  let scratch = GradientMemory.size(longest, shape.paddedHeadSize)
  unsafe parallelTasks(segments.count * shape.keyValueHeads, scratch: scratch) { task, memory in
    let segment = segments[task / shape.keyValueHeads]
    unsafe GradientTask(
      fused: fused,
      shape: shape,
      rows: segment,
      keyHead: task % shape.keyValueHeads,
      window: window,
      output: output,
      logSums: logSums,
      dOutput: dOutput,
      dFused: dFused,
      memory: GradientMemory(memory, segment.count, shape.paddedHeadSize)
    ).run()
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
  let memory: GradientMemory

  func run() {
    let (D, padded) = (shape.headSize, shape.paddedHeadSize)
    let segment = fused.rowSlice(rows)
    let keys = segment.columnSlice(shape.key(keyHead))
    let height = memory.height
    unsafe copyPositions(keys, scale: shape.scale, into: memory.keys)
    unsafe copyPositions(segment.columnSlice(shape.value(keyHead)), into: memory.values)
    unsafe copyColumns(keys, scale: shape.scale, height: height, into: memory.keyColumns)
    unsafe memory.dKeys.update(repeating: 0, count: 2 * memory.height * padded)
    forEachQueryBlock(rows.count, window: window) { block in
      for head in keyHead * shape.group..<(keyHead + 1) * shape.group { addBlock(head, block) }
    }
    let (keyColumn, valueColumn) = (shape.keyColumn(keyHead), shape.valueColumn(keyHead))
    for row in 0..<rows.count {
      let target = unsafe dFused.row(rows.lowerBound + row)
      unsafe unpack(memory.dKeys + row * padded, D, shape.scale, into: target + keyColumn)
      unsafe unpack(memory.dValues + row * padded, D, 1, into: target + valueColumn)
    }
  }

  /// Adds what some query rows of one head contribute, and writes their own gradient.
  private func addBlock(_ head: Int, _ block: QueryBlock) {
    let (D, padded) = (shape.headSize, shape.paddedHeadSize)
    let place = rows.lowerBound + block.start..<rows.lowerBound + block.seen
    let columns = shape.query(head)
    let query = fused.rowSlice(place).columnSlice(columns)
    let upstream = dOutput.rowSlice(place).columnSlice(columns)
    let (scores, dScores) = unsafe (memory.scores, memory.dScores)
    unsafe block.multiply(query.base, query.stride, memory.keys, D, into: scores)
    unsafe block.multiply(upstream.base, upstream.stride, memory.values, D, into: dScores)
    replaceScores(head, block, upstream)
    unsafe block.weigh(
      dScores,
      memory.keyColumns,
      height: memory.height,
      padded: padded,
      into: memory.part
    )
    for row in 0..<block.rows {
      let target = unsafe dFused.row(place.lowerBound + row) + columns.lowerBound
      unsafe unpack(memory.part + row * padded, D, 1, into: target)
    }
    unsafe copyColumns(upstream, height: QueryBlock.limit, into: memory.part)
    unsafe block.addTurned(scores, memory.part, padded: padded, into: memory.dValues)
    unsafe copyColumns(query, height: QueryBlock.limit, into: memory.part)
    unsafe block.addTurned(dScores, memory.part, padded: padded, into: memory.dKeys)
  }

  /// Turns scores into probabilities, and what came from above into the scores' gradients.
  ///
  /// Positions that a row does not see become zero.
  private func replaceScores(_ head: Int, _ block: QueryBlock, _ upstream: Matrix) {
    let column = shape.queryColumn(head)
    for row in 0..<block.rows {
      let at = rows.lowerBound + block.start + row
      let line = unsafe memory.scores + row * block.width
      let dLine = unsafe memory.dScores + row * block.width
      let delta = unsafe dot(upstream.row(row), output.row(at) + column, shape.headSize)
      let sum = unsafe logSums.row(at)[head]
      unsafe softmaxGradient(line, dLine, block.positions(of: row), normaliser: sum, delta: delta)
      unsafe block.clearUnseen(line, row)
      unsafe block.clearUnseen(dLine, row)
    }
  }
}

/// The panels of a key-value head over one segment, their gradients, and room for a block of query rows.
@safe private struct GradientMemory {
  /// Rows of a panel of columns.
  let height: Int
  let keys: UnsafeMutablePointer<Float>
  let values: UnsafeMutablePointer<Float>
  let keyColumns: UnsafeMutablePointer<Float>
  let dKeys: UnsafeMutablePointer<Float>
  let dValues: UnsafeMutablePointer<Float>
  let scores: UnsafeMutablePointer<Float>
  let dScores: UnsafeMutablePointer<Float>
  /// One value a row of the block and column of the head, in rows or in panels.
  let part: UnsafeMutablePointer<Float>

  static func size(_ n: Int, _ padded: Int) -> Int {
    5 * roundedUp(n, 16) * padded + QueryBlock.limit * (2 * QueryBlock.width(n) + padded)
  }

  init(_ memory: UnsafeMutablePointer<Float>, _ n: Int, _ padded: Int) {
    height = roundedUp(n, 16)
    let size = height * padded
    let lines = QueryBlock.limit * QueryBlock.width(n)
    unsafe keys = memory
    unsafe values = memory + size
    unsafe keyColumns = memory + 2 * size
    unsafe dKeys = memory + 3 * size
    unsafe dValues = memory + 4 * size
    unsafe scores = memory + 5 * size
    unsafe dScores = memory + 5 * size + lines
    unsafe part = memory + 5 * size + 2 * lines
  }
}

/// Replaces scores by probabilities and their upstream gradients by the scores' gradients.
private func softmaxGradient(
  _ line: UnsafeMutablePointer<Float>,
  _ dLine: UnsafeMutablePointer<Float>,
  _ range: Range<Int>,
  normaliser: Float,
  delta: Float
) {
  for j in stride(from: range.lowerBound / 8 * 8, to: range.upperBound, by: 8) {
    let probability = unsafe exponential(load(line, j) - normaliser)
    unsafe store(probability, line, j)
    unsafe store(probability * (load(dLine, j) - delta), dLine, j)
  }
}
