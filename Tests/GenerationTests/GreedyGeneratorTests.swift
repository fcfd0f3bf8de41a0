import Foundation
import Foundations
import ModelFormats
import TestSupport
import Testing

@testable import DecoderModels
@testable import Generation
@testable import Tensors

/// Loading and reading fixtures for generation.
enum Greedy {
  static func model(_ url: URL, _ type: DataType = .f32) throws -> any DecoderModel {
    let source = try ModelSource.open(url)
    return try DecoderModels.open(source.tensors, configuration: source.configuration, dataType: type)
  }

  static let tiny = Result { try model(Fixture.url("tiny/llama")) }

  static func ids(_ value: JSONValue?) -> [Int32] {
    (value?.array ?? []).compactMap { $0.int.map(Int32.init) }
  }

  /// Prompts of different lengths for the tiny model.
  static let prompts: [[Int32]] = (0..<23).map { (index: Int) -> [Int32] in
    let length = 1 + index * 3 % 17
    return (0..<length).map { (place: Int) -> Int32 in
      Int32((place * 37 + index * 101 + 3) % 500)
    }
  }
}

struct GreedyGeneratorTests {
  @Test(arguments: 0..<3)
  func `the tiny model writes the reference's tokens`(index: Int) throws {
    let fixture = try Fixture.json("tiny/llama/fixture.json")
    let entry = try #require(fixture["sequences"]?.array?[index])
    let generator = GreedyGenerator(
      try Greedy.tiny.get(),
      settings: .init(maxNewTokens: 16, batchSize: 1, endTokens: [])
    )

    let result = try generator.generate([Greedy.ids(entry["ids"])])

    #expect(result[0].ids == Greedy.ids(entry["greedy_16"]))
    #expect(result[0].finishReason == .length)
  }

  @Test(arguments: [2, 5, 23, 64])
  func `a prompt gets the same tokens alone and in any batch`(batchSize: Int) throws {
    let model = try Greedy.tiny.get()
    let alone = GreedyGenerator(
      model,
      settings: .init(maxNewTokens: 20, batchSize: 1, endTokens: [9])
    )
    let together = GreedyGenerator(
      model,
      settings: .init(maxNewTokens: 20, batchSize: batchSize, endTokens: [9])
    )

    let expected = try alone.generate(Greedy.prompts)
    let forwards = try together.generate(Greedy.prompts)
    let backwards = try together.generate(Greedy.prompts.reversed())

    #expect(forwards.map(\.ids) == expected.map(\.ids))
    #expect(backwards.reversed().map(\.ids) == expected.map(\.ids))
    for (one, other) in zip(forwards, expected) {
      for (a, b) in zip(one.logProbabilities, other.logProbabilities) { #expect(abs(a - b) < 1e-5) }
    }
  }

  @Test func `a sequence stops at an end token and its slot serves the next prompt`() throws {
    let model = try Greedy.tiny.get()
    let free = GreedyGenerator(
      model,
      settings: .init(maxNewTokens: 12, batchSize: 3, endTokens: [])
    )
    let unbounded = try free.generate(Greedy.prompts)
    let end = unbounded[4].ids[3]
    let bounded = GreedyGenerator(
      model,
      settings: .init(maxNewTokens: 12, batchSize: 3, endTokens: [end])
    )

    let results = try bounded.generate(Greedy.prompts)

    #expect(results.count == Greedy.prompts.count)
    for (result, whole) in zip(results, unbounded) {
      if let stop = whole.ids.firstIndex(of: end) {
        #expect(result.ids == Array(whole.ids[...stop]))
        #expect(result.finishReason == .stop)
      } else {
        #expect(result.ids == whole.ids && result.finishReason == .length)
      }
    }
  }

  @Test func `log-probabilities are those of the model's distribution`() throws {
    let model = try Greedy.tiny.get()
    let result = try GreedyGenerator(
      model,
      settings: .init(maxNewTokens: 3, batchSize: 1, endTokens: [])
    ).generate([[5, 9, 81]])[0]
    let cache = KeyValueCache(layers: 2, slots: 1, positions: 8, shape: model.attention)
    var scratch = InferenceScratch()
    let ids: [Int32] = [5, 9, 81] + result.ids

    let logits = try model.logits(
      ids: ids,
      places: ids.indices.map { CachePlace(slot: 0, position: $0) },
      cache: cache,
      outputs: [2, 3, 4],
      adapters: AdapterRows(),
      scratch: &scratch,
      observe: nil
    )

    for (row, id) in result.ids.enumerated() {
      let expected = logits[row, Int(id)] - logSumExpRows(logits)[row]
      #expect(abs(expected - result.logProbabilities[row]) < 1e-5)
      #expect(expected <= 0)
    }
  }

  @Test func `a prompt longer than the context is refused with its counts`() throws {
    let generator = GreedyGenerator(
      try Greedy.tiny.get(),
      settings: .init(maxNewTokens: 20, batchSize: 1, endTokens: [])
    )

    let error = #expect(throws: GenerationError.self) {
      try generator.generate([[1, 2], Array(repeating: 7, count: 120)])
    }

    let text = error?.description ?? ""
    #expect(text.contains("prompt 2 has 120 tokens") && text.contains("holds 128"))
  }

  @Test func `an empty prompt and an unknown token are refused`() throws {
    let generator = GreedyGenerator(
      try Greedy.tiny.get(),
      settings: .init(maxNewTokens: 1, batchSize: 1, endTokens: [])
    )
    #expect(throws: GenerationError.self) { try generator.generate([[]]) }
    #expect(throws: GenerationError.self) { try generator.generate([[512]]) }
  }

  @Test func `asking to stop ends the work and says how far it came`() throws {
    let generator = GreedyGenerator(
      try Greedy.tiny.get(),
      settings: .init(maxNewTokens: 4, batchSize: 2, endTokens: [])
    )
    var steps = 0

    let error = #expect(throws: GenerationError.self) {
      try generator.generate(
        Greedy.prompts,
        progress: { _ in steps += 1 },
        shouldStop: { steps == 10 }
      )
    }

    #expect(steps == 10)
    #expect(error?.description.contains("of 23 prompts") == true)
  }
}
