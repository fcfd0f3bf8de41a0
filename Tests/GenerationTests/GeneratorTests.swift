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
    return try DecoderModels.open(
      source.tensors,
      configuration: source.configuration,
      dataType: type
    )
  }

  /// A model in bf16: by the CPU where it has such products, else by their plain twin.
  static func roundedModel(_ url: URL) throws -> any DecoderModel {
    let source = try ModelSource.open(url)
    return try TransformerModel(
      source.tensors,
      configuration: source.configuration,
      dataType: .bf16,
      isTrainable: false,
      emulatesBF16: true
    )
  }

  static let tiny = Result { try model(Fixture.url("tiny/llama")) }

  static func ids(_ value: JSONValue?) -> [Int32] {
    (value?.array ?? []).compactMap { $0.int.map(Int32.init) }
  }

  /// The random models of `Fixtures/tiny`.
  static let families = ["llama", "gpt2", "qwen2", "qwen3", "gemma3_text"]

  /// Prompts of different lengths for the tiny model.
  static let prompts: [[Int32]] = (0..<23).map { (index: Int) -> [Int32] in
    let length = 1 + index * 3 % 17
    return (0..<length).map { (place: Int) -> Int32 in
      Int32((place * 37 + index * 101 + 3) % 500)
    }
  }

  /// A request for each of the prompts.
  static func requests(
    maxNewTokens: Int,
    _ change: (inout SequenceRequest) -> Void = { _ in }
  ) -> [SequenceRequest] {
    prompts.map { prompt in
      var request = SequenceRequest(prompt: prompt, maxNewTokens: maxNewTokens)
      change(&request)
      return request
    }
  }
}

struct GeneratorTests {
  @Test(arguments: Greedy.families)
  func `a tiny model writes the reference's tokens`(family: String) throws {
    let fixture = try Fixture.json("tiny/\(family)/fixture.json")
    let entries = try #require(fixture["sequences"]?.array)
    let requests = entries.map {
      SequenceRequest(prompt: Greedy.ids($0["ids"]), maxNewTokens: 16)
    }
    let model = try Greedy.model(Fixture.url("tiny/\(family)"))

    let results = try Generator(model).generate(requests).sequences

    for (result, entry) in zip(results, entries) {
      #expect(result.ids == Greedy.ids(entry["greedy_16"]))
      #expect(result.finishReason == .length)
    }
  }

  @Test func `a sequence stops at an end token and its slot serves the next prompt`() throws {
    let generator = Generator(try Greedy.tiny.get(), batchSize: 3)
    let unbounded = try generator.generate(Greedy.requests(maxNewTokens: 12)).sequences
    let end = unbounded[4].ids[3]

    let results = try generator.generate(
      Greedy.requests(maxNewTokens: 12) { $0.endTokens = [end] }
    ).sequences

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

  @Test func `every request keeps its own limit`() throws {
    var requests = Greedy.requests(maxNewTokens: 1)
    for index in requests.indices { requests[index].maxNewTokens = 1 + index % 5 }

    let results = try Generator(try Greedy.tiny.get(), batchSize: 4).generate(requests)

    #expect(results.sequences.map(\.ids.count) == requests.map(\.maxNewTokens))
    #expect(results.statistics.newTokens == requests.reduce(0) { $0 + $1.maxNewTokens })
  }

  @Test func `log-probabilities are those of the model's distribution`() throws {
    let model = try Greedy.tiny.get()
    let request = SequenceRequest(prompt: [5, 9, 81], maxNewTokens: 3)
    let result = try Generator(model).generate([request]).sequences[0]
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
    let requests = [[1, 2], Array(repeating: 7, count: 120)].map { (prompt: [Int32]) in
      SequenceRequest(prompt: prompt, maxNewTokens: 20)
    }

    let error = #expect(throws: GenerationError.self) {
      try Generator(try Greedy.tiny.get()).generate(requests)
    }

    let text = error?.description ?? ""
    #expect(text.contains("prompt 2 has 120 tokens") && text.contains("holds 128"))
  }

  @Test(
    arguments: [
      ([], 1, []), ([512], 1, []), ([1], 0, []), ([1], 1, [""]), ([1], 1, ["stop"]),
    ] as [([Int32], Int, [String])]
  )
  func `what cannot be answered is refused`(prompt: [Int32], count: Int, stops: [String]) throws {
    var request = SequenceRequest(prompt: prompt, maxNewTokens: count)
    request.stopStrings = stops
    // The last one has stop strings and no tokenizer to read them with.
    #expect(throws: GenerationError.self) {
      try Generator(try Greedy.tiny.get()).generate([request])
    }
  }

  @Test func `asking to stop ends the work and says how far it came`() throws {
    let generator = Generator(try Greedy.tiny.get(), batchSize: 2)
    var steps = 0

    let error = #expect(throws: GenerationError.self) {
      try generator.generate(
        Greedy.requests(maxNewTokens: 4),
        progress: { _ in steps += 1 },
        shouldStop: { steps == 10 }
      )
    }

    #expect(steps == 10)
    #expect(error?.description.contains("of 23 prompts") == true)
  }
}
