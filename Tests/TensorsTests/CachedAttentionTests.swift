// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Testing

@testable import Tensors

/// Some sequences of one width whose rows are fed to a cache in any order of steps.
struct CachedScene {
  let shape: AttentionShape
  let fused: Matrix
  let lengths: [Int]
  let window: Int?

  /// Random rows, one sequence after another.
  init(_ shape: AttentionShape, lengths: [Int], window: Int? = nil, seed: UInt32 = 5) {
    var noise = Noise(seed)
    self.shape = shape
    self.lengths = lengths
    self.window = window
    fused = noise.matrix(lengths.reduce(0, +), shape.fusedColumns)
  }

  func row(_ sequence: Int, _ position: Int) -> Int {
    lengths[..<sequence].reduce(0, +) + position
  }

  /// Attends the given places, sequence = slot, in one step and puts the results at their rows.
  func attend(_ places: [CachePlace], _ cache: KeyValueCache, into result: Matrix) {
    let input = Matrix.activation(rows: places.count, columns: shape.fusedColumns)
    let output = Matrix.activation(rows: places.count, columns: shape.outputColumns)
    for (index, place) in places.enumerated() {
      let source = row(place.slot, place.position)
      for column in 0..<fused.columns { input[index, column] = fused[source, column] }
    }
    cachedAttention(input, places: places, cache: cache, layer: 0, window: window, into: output)
    for (index, place) in places.enumerated() {
      let target = row(place.slot, place.position)
      for column in 0..<output.columns { result[target, column] = output[index, column] }
    }
  }

  func cache() -> KeyValueCache {
    KeyValueCache(layers: 1, slots: lengths.count, positions: 128, shape: shape)
  }

  /// All rows of all sequences in steps of at most `rows` positions a sequence.
  func whole(stepPositions: Int, in given: KeyValueCache? = nil) -> Matrix {
    let result = Matrix.activation(rows: fused.rows, columns: shape.outputColumns)
    let cache = given ?? cache()
    for start in stride(from: 0, to: lengths.max() ?? 0, by: stepPositions) {
      let places = lengths.indices.flatMap { slot in
        (start..<max(start, min(lengths[slot], start + stepPositions))).map {
          CachePlace(slot: slot, position: $0)
        }
      }
      attend(places, cache, into: result)
    }
    return result
  }

  /// The formula, one number at a time, in float64.
  func plain() -> Matrix {
    let output = Matrix.activation(rows: fused.rows, columns: shape.outputColumns)
    let D = shape.headSize
    for (sequence, length) in lengths.enumerated() {
      for i in 0..<length {
        let first = window.map { max(0, i - $0 + 1) } ?? 0
        for head in 0..<shape.heads {
          let key = shape.keyColumn(head / shape.group)
          let value = shape.valueColumn(head / shape.group)
          let weights = (first...i).map { j in
            exp(
              (0..<D).reduce(0.0) { sum, d in
                sum + Double(fused[row(sequence, i), head * D + d])
                  * Double(fused[row(sequence, j), key + d])
              } * Double(shape.scale)
            )
          }
          let total = weights.reduce(0, +)
          for d in 0..<D {
            let sum = zip(first...i, weights).reduce(0.0) { sum, pair in
              sum + pair.1 / total * Double(fused[row(sequence, pair.0), value + d])
            }
            output[row(sequence, i), head * D + d] = Float(sum)
          }
        }
      }
    }
    return output
  }
}

struct CachedAttentionTests {
  static let shapes = [
    AttentionShape(heads: 6, keyValueHeads: 2, headSize: 16, scale: 0.25),
    AttentionShape(heads: 3, keyValueHeads: 3, headSize: 64, scale: 0.125),
    AttentionShape(heads: 9, keyValueHeads: 3, headSize: 64, scale: 0.125),
    AttentionShape(heads: 8, keyValueHeads: 1, headSize: 32, scale: 0.2),
    AttentionShape(heads: 4, keyValueHeads: 2, headSize: 24, scale: 0.2),
    AttentionShape(heads: 2, keyValueHeads: 1, headSize: 10, scale: 0.3),
  ]

  @Test(arguments: shapes, [nil, 1, 5, 24, 100])
  func `the kernel equals the formula`(shape: AttentionShape, window: Int?) {
    let scene = CachedScene(shape, lengths: [1, 17, 45], window: window)

    #expect(difference(scene.whole(stepPositions: 45), scene.plain()) < 3e-6)
  }

  @Test(arguments: shapes, [nil, 5, 24])
  func `a row has the same bits in steps of any size`(shape: AttentionShape, window: Int?) {
    let scene = CachedScene(shape, lengths: [40, 1, 33, 16], window: window)
    let expected = scene.whole(stepPositions: 40).values

    for positions in [1, 2, 3, 7, 16, 21] {
      #expect(scene.whole(stepPositions: positions).values == expected, "\(positions) at once")
    }
  }

  @Test(arguments: [1, 5, 16, 24])
  func `what a window hides is let go of, and no bit changes`(window: Int) {
    let scene = CachedScene(Self.shapes[0], lengths: [90, 1, 77, 16], window: window)
    let expected = scene.whole(stepPositions: 90).values
    for positions in [1, 3, 16, 21] {
      let cache = KeyValueCache(windows: [window], slots: 4, positions: 128, shape: scene.shape)

      #expect(scene.whole(stepPositions: positions, in: cache).values == expected)

      // A step's rows and what the first of them sees, in blocks that need not begin with them.
      let blocks = (positions + window + 15) / 16 + 1
      #expect(cache.peakBytes <= (3 * blocks + 1) * cache.blockBytes, "\(positions) at once")
    }
  }

  @Test func `layers that see equally far back have their blocks together`() {
    let shape = Self.shapes[0]
    let cache = KeyValueCache(windows: [8, nil, 8], slots: 1, positions: 400, shape: shape)
    let fused = Matrix.activation(rows: 1, columns: shape.fusedColumns)
    let output = Matrix.activation(rows: 1, columns: shape.outputColumns)

    for position in 0..<320 {
      for (layer, window) in [8, nil, 8].enumerated() {
        let places = [CachePlace(slot: 0, position: position)]
        cachedAttention(
          fused,
          places: places,
          cache: cache,
          layer: layer,
          window: window,
          into: output
        )
      }
    }

    // Twenty blocks of the layer that sees all, two of each of the others.
    #expect(cache.peakBytes == (20 + 2 + 2) * cache.blockBytes / 3)
  }

  @Test func `a shared beginning gives the bits of an own one, and costs no memory`() {
    let shape = Self.shapes[2]
    let scene = CachedScene(shape, lengths: [37, 37, 37])
    // Every sequence begins with the first 21 rows of the first.
    for slot in 1..<3 {
      for position in 0..<21 {
        for column in 0..<scene.fused.columns {
          let value = scene.fused[scene.row(0, position), column]
          scene.fused[scene.row(slot, position), column] = value
        }
      }
    }
    let expected = scene.whole(stepPositions: 37)
    let result = Matrix.activation(rows: scene.fused.rows, columns: shape.outputColumns)
    for row in 0..<result.rows {
      for column in 0..<result.columns { result[row, column] = expected[row, column] }
    }
    let cache = scene.cache()

    scene.attend((0..<21).map { CachePlace(slot: 0, position: $0) }, cache, into: result)
    cache.share(0, positions: 21, with: 1)
    cache.share(0, positions: 21, with: 2)
    let rest = (0..<3).flatMap { slot in (21..<37).map { CachePlace(slot: slot, position: $0) } }
    scene.attend(rest, cache, into: result)

    #expect(result.values == expected.values)
    // One block is common, each sequence has two of its own: the half-filled one was copied.
    #expect(cache.peakBytes == 7 * cache.blockBytes)
    #expect(cache.peakSavedBytes == 4 * cache.blockBytes)
  }

  @Test func `a released slot's blocks serve the next sequence`() {
    let scene = CachedScene(Self.shapes[0], lengths: [40, 40, 40])
    let cache = scene.cache()
    let result = Matrix.activation(rows: 120, columns: Self.shapes[0].outputColumns)
    let expected = scene.whole(stepPositions: 40)

    for slot in 0..<3 {
      scene.attend((0..<40).map { CachePlace(slot: slot, position: $0) }, cache, into: result)
      cache.release(slot)
    }

    #expect(result.values == expected.values)
    #expect(cache.peakBytes == 3 * cache.blockBytes)
  }

  @Test func `one thread and two give the same bits`() {
    let scene = CachedScene(Self.shapes[2], lengths: [40, 9, 33])
    let threads = Threads.count
    defer { Threads.set(threads) }
    Threads.set(2)
    let two = scene.whole(stepPositions: 5).values

    Threads.set(1)

    #expect(scene.whole(stepPositions: 5).values == two)
  }

  @Test func `a position beyond the cache is refused`() async {
    await #expect(processExitsWith: .failure) {
      let scene = CachedScene(CachedAttentionTests.shapes[0], lengths: [2])
      let result = Matrix.activation(rows: 2, columns: 96)
      scene.attend([CachePlace(slot: 0, position: 128)], scene.cache(), into: result)
    }
  }
}

struct LogitRowsTests {
  private func noise(_ rows: Int, _ columns: Int) -> Matrix {
    var noise = Noise(11)
    let x = noise.matrix(rows, columns)
    for row in 0..<rows { for column in 0..<columns { x[row, column] *= 20 } }
    return x
  }

  @Test(arguments: [1, 7, 8, 513, 5000])
  func `a summary equals argmax and log-sum-exp`(columns: Int) {
    let x = noise(5, columns)

    let summaries = summariseRows(x)

    #expect(summaries.map(\.best) == argmaxRows(x))
    #expect(summaries.map(\.logSum) == logSumExpRows(x))
    for (row, summary) in summaries.enumerated() {
      #expect(summary.top == x[row, Int(summary.best)])
    }
  }

  @Test func `a row with a NaN says so`() {
    let x = noise(2, 40)
    x[1, 17] = .nan
    #expect(summariseRows(x)[1].logSum.isNaN)
    #expect(summariseRows(x)[0].logSum.isFinite)
  }

  @Test(arguments: [Float(-30), 0, 19.5, 100])
  func `the values above a bound are found in order`(bound: Float) {
    let x = noise(2, 1003)
    let expected = (0..<1003).filter { x[1, $0] >= bound }
    #expect(logits(of: x, row: 1, atLeast: bound).map { Int($0.id) } == expected)
  }

  @Test func `sums of exponentials are those of the row`() {
    let x = noise(1, 5001)
    let top = summariseRows(x)[0].top

    let sums = exponentialSums(of: x, row: 0, top: top, temperature: 2)

    #expect(sums.count == 3)
    for (index, sum) in sums.enumerated() {
      let columns = index * 2048..<min(5001, (index + 1) * 2048)
      let expected = columns.reduce(0.0) { $0 + Foundation.exp(Double(x[0, $1] - top) / 2) }
      #expect(abs(sum - expected) < 1e-5 * max(1, expected))
    }
  }
}
