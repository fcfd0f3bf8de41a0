import ModelFormats
import TestSupport
import Testing
import Tokenization

@testable import Generation
@testable import Tensors

/// Text as it comes, and the strings that end it.
struct StreamingTests {
  private let generator: Generator
  private let tokenizer: Tokenizer

  init() throws {
    tokenizer = try Tokenizer(of: ModelSource.open(Fixture.url("tiny/llama")))
    generator = Generator(try Greedy.tiny.get(), tokenizer: tokenizer, batchSize: 5)
  }

  /// Sampled requests: a random model's greedy text soon repeats itself.
  private func requests(stop: [String] = []) throws -> [SequenceRequest] {
    let rule = try SamplingRule(temperature: 2)
    return Greedy.prompts.enumerated().map { index, prompt in
      var request = SequenceRequest(prompt: prompt, maxNewTokens: 30, endTokens: [2])
      request.sampling = rule
      request.random = SamplingStream(seed: 1, item: "\(index)")
      request.stopStrings = stop
      return request
    }
  }

  @Test func `every token is told once, in order, and the pieces are the text`() throws {
    var events: [[TokenEvent]] = Greedy.prompts.map { _ in [] }

    let result = try generator.generate(requests(), onToken: { events[$0.request].append($0) })

    for (sequence, events) in zip(result.sequences, events) {
      #expect(events.map(\.id) == sequence.ids)
      #expect(events.map(\.logProbability) == sequence.logProbabilities)
      #expect(events.map(\.text).joined() == sequence.text)
      #expect(sequence.text == tokenizer.decode(sequence.ids, skipSpecial: true))
      #expect(events.dropLast().allSatisfy { $0.finishReason == nil })
      #expect(events.last?.finishReason == sequence.finishReason)
    }
    // Random bytes make broken characters, but a piece never ends within one that goes on.
    #expect(result.sequences.contains { $0.text.unicodeScalars.contains("\u{FFFD}") })
  }

  @Test func `a sequence ends before a stop string that lies across tokens`() throws {
    let free = try generator.generate(requests()).sequences
    let index = try #require(free.indices.first { free[$0].text.unicodeScalars.count > 20 })
    let text = free[index].text
    let scalars = Array(text.unicodeScalars)
    let stop = String(String.UnicodeScalarView(scalars[8..<14]))

    let result = try generator.generate(requests(stop: [stop])).sequences

    let found = result[index]
    let cut = try #require(text.utf8.firstRange(of: Array(stop.utf8)))
    #expect(Array(found.text.utf8) == Array(text.utf8[..<cut.lowerBound]))
    #expect(found.finishReason == .stopString)
    #expect(free[index].ids.starts(with: found.ids))
    #expect(found.logProbabilities.count == found.ids.count)
    // The tokens reach to the end of the stop string, and the last one is needed for that.
    let kept = tokenizer.decode(found.ids, skipSpecial: true)
    let shorter = tokenizer.decode(found.ids.dropLast(), skipSpecial: true)
    #expect(kept.utf8.firstRange(of: Array(stop.utf8)) != nil)
    #expect(shorter.utf8.firstRange(of: Array(stop.utf8)) == nil)
  }

  @Test func `a stop string that never comes changes nothing`() throws {
    let free = try generator.generate(requests()).sequences
    let stopped = try generator.generate(requests(stop: ["never written, surely"])).sequences
    #expect(stopped == free)
  }
}

struct PrefixSharingTests {
  private func requests() -> [SequenceRequest] {
    let system = (0..<40).map { Int32($0 * 7 % 500) }
    return (0..<12).map { index in
      SequenceRequest(
        prompt: system + (0...index).map { Int32(100 + index + $0) },
        maxNewTokens: 6
      )
    }
  }

  @Test(arguments: [1, 4, 12])
  func `a common beginning is computed and kept once`(batchSize: Int) throws {
    let model = try Greedy.tiny.get()
    let requests = requests()
    let shared = try Generator(model, batchSize: batchSize).generate(requests)
    let own = try Generator(model, batchSize: batchSize, sharesPrefixes: false).generate(requests)

    #expect(shared.sequences == own.sequences)
    #expect(shared.statistics.sharedPrefixes == 1)
    #expect(shared.statistics.savedPromptRows == 40 * 11)
    #expect(own.statistics.savedPromptRows == 0 && own.statistics.savedCacheBytes == 0)
    if batchSize > 1 {
      #expect(shared.statistics.cacheBytes < own.statistics.cacheBytes)
      #expect(shared.statistics.savedCacheBytes > 0)
    }
  }

  @Test func `a prompt that reads for several steps begins with a step without outputs`() throws {
    let prompt = (0..<120).map { Int32($0 * 11 % 500) }
    let model = try Greedy.tiny.get()
    var schedule = Schedule(
      prompts: [prompt],
      adapters: [0],
      plan: PrefixPlan(requestCount: 1),
      slots: 1,
      rowsPerStep: 50
    )
    var step = Schedule.Step()
    var rows: [Int] = []
    while rows.count < 3, schedule.fill(&step) { rows.append(step.ids.count) }
    #expect(rows == [50, 50, 20])
    #expect(step.outputs == [19])

    let result = try Generator(model).generate([SequenceRequest(prompt: prompt, maxNewTokens: 2)])
    #expect(result.sequences[0].ids.count == 2)
  }
}
