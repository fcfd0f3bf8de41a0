import Foundations
import ModelFormats
import TestSupport
import Testing

@testable import DecoderModels
@testable import Generation
@testable import Tensors

/// Layers with a window keep what their next rows see, and nothing else.
struct SlidingCacheTests {
  private let prompt = (0..<12).map { Int32(($0 * 37 + 11) % 500) }

  /// Greedy tokens and log-probabilities, one row a step, from a cache that keeps every position.
  private func expected(_ model: any DecoderModel, count: Int) throws -> (ids: [Int32], [Float]) {
    var scratch = InferenceScratch()
    let cache = KeyValueCache(
      layers: model.configuration.layers,
      slots: 1,
      positions: prompt.count + count,
      shape: model.attention
    )
    var (ids, logProbabilities, fed): ([Int32], [Float], [Int32]) = ([], [], prompt)
    var position = 0
    while ids.count < count {
      let logits = try model.logits(
        ids: fed,
        places: fed.indices.map { CachePlace(slot: 0, position: position + $0) },
        cache: cache,
        outputs: [fed.count - 1],
        adapters: AdapterRows(),
        scratch: &scratch,
        observe: nil
      )
      position += fed.count
      let summary = summariseRows(logits)[0]
      ids.append(summary.best)
      logProbabilities.append(logits[0, Int(summary.best)] - summary.logSum)
      fed = [summary.best]
    }
    return (ids, logProbabilities)
  }

  @Test func `a long answer of Gemma has the bits of a full cache in half of its memory`() throws {
    let model = try Greedy.model(Fixture.url("tiny/gemma3_text"))
    let windows = model.configuration.windows
    #expect(windows.count { $0 == 8 } == 6 && windows.count { $0 == nil } == 1)
    let (ids, logProbabilities) = try expected(model, count: 112)

    let request = SequenceRequest(prompt: prompt, maxNewTokens: 112)
    let result = try Generator(model).generate([request])

    #expect(result.sequences[0].ids == ids)
    #expect(result.sequences[0].logProbabilities == logProbabilities)
    let whole = KeyValueCache(layers: windows.count, slots: 1, positions: 1, shape: model.attention)
    let all = (prompt.count + 111 + 15) / 16 * whole.blockBytes
    #expect(result.statistics.cacheBytes * 2 < all)
    print("  tiny Gemma, 123 positions: \(result.statistics.cacheBytes) bytes of cache, not \(all)")
  }
}
