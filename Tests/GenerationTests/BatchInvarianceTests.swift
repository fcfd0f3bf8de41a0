import Foundations
import ModelFormats
import TestSupport
import Testing

@testable import DecoderModels
@testable import Generation
@testable import Tensors

/// Some requests whose answers are looked at, among many others.
struct InvarianceScene {
  let model: any DecoderModel
  let probes: [SequenceRequest]
  let others: [SequenceRequest]

  /// Prompts of random tokens; half of all begin alike, as with a system prompt.
  init(
    _ model: any DecoderModel,
    probes: Int,
    others: Int,
    longest: Int,
    newTokens: Int,
    adapters: [LoRAAdapter] = []
  ) throws {
    self.model = model
    let vocabulary = model.configuration.vocabularySize
    var random = RandomStream(seed: 11, name: "invariance")
    func ids(_ count: Int) -> [Int32] {
      (0..<count).map { _ in Int32(random.int(in: 0...(vocabulary - 1))) }
    }
    let system = ids(PrefixPlan.minimum + 5)
    let shots = system + ids(PrefixPlan.minimum + 2)
    let rules = [
      SamplingRule.greedy,
      try SamplingRule(
        temperature: 0.9,
        topK: 60,
        topP: 0.95,
        minP: 0.01,
        repetitionPenalty: 1.1
      ),
      try SamplingRule(temperature: 1.3),
    ]
    let requests = (0..<probes + others).map { (index: Int) -> SequenceRequest in
      let own = ids(random.int(in: 1...longest))
      let prompt = [own, system + own, own, shots + own][index % 4]
      var request = SequenceRequest(
        prompt: prompt,
        maxNewTokens: index < probes ? newTokens : random.int(in: 1...newTokens)
      )
      request.sampling = rules[index % 3]
      request.random = SamplingStream(seed: 5, item: "item-\(index)")
      request.adapter =
        adapters.isEmpty ? nil : ([nil] + adapters)[index / 2 % (adapters.count + 1)]
      return request
    }
    self.probes = Array(requests[..<probes])
    self.others = Array(requests[probes...])
  }

  /// Each probe's answer when nothing else is asked.
  func alone() throws -> [GeneratedSequence] {
    try probes.map { probe in
      try Generator(model, batchSize: 1, sharesPrefixes: false).generate([probe]).sequences[0]
    }
  }

  /// The probes' answers among all others, in an order that `seed` decides.
  func together(
    seed: UInt64,
    batchSize: Int,
    sharesPrefixes: Bool
  ) throws -> (answers: [GeneratedSequence], statistics: GenerationStatistics) {
    var random = RandomStream(seed: seed, name: "order")
    let all = probes + others
    let order = random.shuffled(Array(all.indices))
    let result = try Generator(model, batchSize: batchSize, sharesPrefixes: sharesPrefixes)
      .generate(order.map { all[$0] })
    let places = Dictionary(uniqueKeysWithValues: zip(order, order.indices))
    let answers = probes.indices.compactMap { places[$0].map { result.sequences[$0] } }
    return (answers, result.statistics)
  }

  /// Asks in many ways; every way has to give the same bits.
  func check(_ name: String) throws {
    let threads = Threads.count
    defer { Threads.set(threads) }
    Threads.set(1)
    let expected = try alone()
    let ways: [(threads: Int, batch: Int, shares: Bool)] = [
      (1, 64, false), (2, 64, false), (2, 64, true), (1, 64, true), (2, 7, true), (2, 3, false),
    ]
    for way in ways {
      Threads.set(way.threads)
      let (found, statistics) = try together(
        seed: UInt64(way.batch + way.threads),
        batchSize: way.batch,
        sharesPrefixes: way.shares
      )
      #expect((statistics.savedPromptRows > 0) == way.shares)
      for (index, pair) in zip(found, expected).enumerated() {
        #expect(pair.0.ids == pair.1.ids, "\(name), probe \(index), \(way)")
        // Log-probabilities are finite and never -0, so equality of values is equality of bits.
        let isEqual = pair.0.logProbabilities == pair.1.logProbabilities
        #expect(isEqual, "\(name), probe \(index), \(way)")
      }
    }
  }
}

/// The promise of the product: what a prompt gets depends on nothing but itself.
@Suite(.serialized)
struct BatchInvarianceTests {
  @Test(arguments: Greedy.families)
  func `a tiny model gives the same bits alone and in any batch, in f32`(family: String) throws {
    let model = try Greedy.model(Fixture.url("tiny/\(family)"))
    try InvarianceScene(model, probes: 8, others: 56, longest: 24, newTokens: 16).check(family)
  }

  @Test(arguments: ["llama", "gemma3_text"])
  func `base and adapters give the same bits alone and mixed in a batch`(family: String) throws {
    let model = try Greedy.model(Fixture.url("tiny/\(family)"))
    var random = RandomStream(seed: 2, name: "adapters")
    let adapters = try [4, 7].map { r in
      let adapter = try LoRAAdapter(
        LoRAConfiguration(r: r, alpha: 16),
        model: model.configuration,
        random: &random
      )
      // A fresh adapter's B is zero and changes nothing; this one does.
      adapter.parameters.withMutableSpan { values in
        for index in values.indices where values[index] == 0 {
          values[index] = Float(random.uniform() - 0.5) / 4
        }
      }
      return adapter
    }
    let scene = try InvarianceScene(
      model,
      probes: 9,
      others: 55,
      longest: 24,
      newTokens: 12,
      adapters: adapters
    )

    try scene.check("\(family) with adapters")

    var base = scene.probes
    for index in base.indices { base[index].adapter = nil }
    let without = try Generator(model).generate(base).sequences
    for (index, pair) in zip(try scene.alone(), without).enumerated() {
      #expect((pair.0 == pair.1) == (scene.probes[index].adapter == nil))
    }
  }

  @Test(arguments: Greedy.families)
  func `a tiny model gives the same bits alone and in any batch, in bf16`(family: String) throws {
    let url = Fixture.url("tiny/\(family)")
    let model = try Greedy.roundedModel(url)
    let (rounded, exact) = try (Self.logits(model), Self.logits(try Greedy.model(url)))
    let difference = zip(rounded, exact).map { abs($0 - $1) }.max() ?? 0
    let size = exact.map(abs).max() ?? 0
    // Half a unit of eight bits moves a logit; f32 in its place would not.
    #expect(difference > 2e-4 * size && difference < 0.05 * size, "\(difference) of \(size)")
    try InvarianceScene(model, probes: 8, others: 56, longest: 24, newTokens: 16).check(family)
  }

  /// The logits after a few tokens.
  private static func logits(_ model: any DecoderModel) throws -> [Float] {
    let ids: [Int32] = [5, 77, 301, 21, 8, 140]
    var scratch = InferenceScratch()
    return try model.logits(
      ids: ids,
      places: ids.indices.map { CachePlace(slot: 0, position: $0) },
      cache: KeyValueCache(
        windows: model.configuration.windows,
        slots: 1,
        positions: ids.count,
        shape: model.attention
      ),
      outputs: [ids.count - 1],
      adapters: AdapterRows(),
      scratch: &scratch,
      observe: nil
    ).values
  }

  @Test(.enabled(if: TestModel.hasSmolLM2, "the model file is not on this machine"))
  func `SmolLM2 gives the same bits alone and in a batch of 64`() throws {
    let types: [DataType] = Processor.current.hasBF16 ? [.f32, .bf16] : [.f32]
    for type in types {
      let model = try Greedy.model(try #require(TestModel.smolLM2), type)
      let scene = try InvarianceScene(model, probes: 4, others: 60, longest: 8, newTokens: 4)
      let expected = try scene.alone()

      let found = try scene.together(seed: 1, batchSize: 64, sharesPrefixes: true)

      #expect(found.statistics.savedPromptRows > 0)
      for (pair, probe) in zip(zip(found.answers, expected), 0...) {
        #expect(pair.0.ids == pair.1.ids, "\(type), probe \(probe)")
        #expect(pair.0.logProbabilities == pair.1.logProbabilities, "\(type), probe \(probe)")
      }
    }
  }
}
