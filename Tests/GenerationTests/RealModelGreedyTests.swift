import Foundations
import TestSupport
import Testing

@testable import DecoderModels
@testable import Generation
@testable import Tensors

/// SmolLM2-135M-Instruct's greedy tokens against the field's reference.
@Suite(.enabled(if: TestModel.hasSmolLM2, "the model file is not on this machine"), .serialized)
struct RealModelGreedyTests {
  private func entries() throws -> [JSONValue] {
    try #require(try Fixture.json("greedy_smollm2.json")["entries"]?.array)
  }

  @Test func `in f32 all twenty prompts give the reference's 48 tokens in one batch`() throws {
    let entries = try entries()
    let model = try Greedy.model(try #require(TestModel.smolLM2))
    let requests = entries.map {
      SequenceRequest(prompt: Greedy.ids($0["prompt_ids"]), maxNewTokens: 48)
    }

    let results = try Generator(model, batchSize: 20).generate(requests)

    for (result, entry) in zip(results.sequences, entries) {
      #expect(result.ids == Greedy.ids(entry["ids"]), "\(entry["prompt"]?.string ?? "")")
    }
  }

  @Test(
    .enabled(
      if: Processor.current.hasBF16,
      "this CPU has no bf16 products, so there is nothing to compare"
    )
  )
  func `in bf16 every token with a margin of at least 0.3 is the reference's`() throws {
    let model = try Greedy.model(try #require(TestModel.smolLM2), .bf16)
    var compared = 0
    for entry in try entries() {
      let prompt = Greedy.ids(entry["prompt_ids"])
      let expected = Greedy.ids(entry["ids"])
      let margins = (entry["margins"]?.array ?? []).compactMap(\.double)
      let fed = prompt + expected.dropLast()
      let cache = KeyValueCache(layers: 30, slots: 1, positions: fed.count, shape: model.attention)
      var scratch = InferenceScratch()

      let logits = try model.logits(
        ids: fed,
        places: fed.indices.map { CachePlace(slot: 0, position: $0) },
        cache: cache,
        outputs: Array(prompt.count - 1..<fed.count),
        adapters: AdapterRows(),
        scratch: &scratch,
        observe: nil
      )

      for (step, id) in argmaxRows(logits).enumerated() where margins[step] >= 0.3 {
        #expect(id == expected[step], "step \(step) of \(entry["prompt"]?.string ?? "")")
        compared += 1
      }
    }
    #expect(compared > 700)
  }
}
