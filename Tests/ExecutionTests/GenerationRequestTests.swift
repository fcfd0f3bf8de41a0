import Execution
import Experiments
import Foundation
import Foundations
import Synchronization
import TestSupport
import Testing

/// Sampling, streaming and adapters as the command line asks for them, on the tiny model.
@Suite(.serialized)
struct GenerationRequestTests {
  private func request(_ change: (inout GenerationRequest) -> Void = { _ in }) -> GenerationRequest
  {
    var request = GenerationRequest()
    request.maxNewTokens = 12
    request.options = EngineOptions(dtype: "f32")
    change(&request)
    return request
  }

  private func answers(
    _ request: GenerationRequest,
    _ inputs: [JSONValue]
  ) async throws -> [JSONValue] {
    let reference = try ModelReference.find(TinyLlama.url.path, in: nil)
    let outcome = try await request.run(inputs.map { .success($0) }, on: reference)
    return try outcome.answers.map { try $0.get() }
  }

  private let questions: [JSONValue] = (0..<6).map { index in
    ["id": .string("q\(index)"), "text": .string("Question number \(index * 7)")]
  }

  @Test func `a sampled answer depends on seed and id, not on its neighbours`() async throws {
    let sampled = request {
      $0.sampling.temperature = 1.5
      $0.sampling.topP = 0.95
    }
    let expected = try await answers(sampled, questions)

    let backwards = try await answers(sampled, questions.reversed())
    let alone = try await answers(sampled, [questions[4]])
    var other = sampled
    other.seed = 43
    let reseeded = try await answers(other, questions)
    let greedy = try await answers(request(), questions)

    #expect(backwards.reversed().map { $0["ids"] } == expected.map { $0["ids"] })
    #expect(alone[0]["ids"] == expected[4]["ids"])
    #expect(reseeded.map { $0["ids"] } != expected.map { $0["ids"] })
    #expect(greedy.map { $0["ids"] } != expected.map { $0["ids"] })
  }

  @Test func `tokens are told as they come, with the places of their answers`() async throws {
    let texts = Mutex<[Int: String]>([:])
    let inputs: [Result<JSONValue, any Error>] =
      [.success(["text": ""])] + questions.map { .success($0) }
    let reference = try ModelReference.find(TinyLlama.url.path, in: nil)

    let outcome = try await request().run(
      inputs,
      on: reference,
      onToken: { token in texts.withLock { $0[token.index, default: ""] += token.text } }
    )

    let told = texts.withLock(\.self)
    #expect(told[0] == nil)
    for (index, answer) in outcome.answers.enumerated().dropFirst() {
      #expect(try told[index] == answer.get()["text"]?.string)
    }
    #expect(outcome.statistics["new_tokens"]?.int ?? 0 > 0)
    #expect(outcome.statistics["steps"]?.int ?? 0 > 0)
  }

  @Test func `base and adapters answer side by side from one loaded base`() async throws {
    let folder = try ScratchFolder()
    let adapter = try TinyLlama.initialAdapter(in: folder)
    let both = request {
      $0.adapters = [.init(name: "trained", folder: adapter)]
      $0.includesBase = true
    }

    let found = try await answers(both, questions)

    let base = try await answers(request(), questions)
    var only = both
    only.includesBase = false
    let trained = try await answers(only, questions)
    #expect(found.count == 12)
    #expect(found.map { $0["adapter"] } == questions.flatMap { _ in [.null, "trained"] })
    for index in questions.indices {
      #expect(found[2 * index] == base[index])
      #expect(found[2 * index + 1] == trained[index])
    }
    #expect(base.map { $0["ids"] } != trained.map { $0["ids"] })
  }

  @Test func `an input chooses its adapter`() async throws {
    let folder = try ScratchFolder()
    let adapter = try TinyLlama.initialAdapter(in: folder)
    let request = request { $0.adapters = [.init(name: "trained", folder: adapter)] }
    let reference = try ModelReference.find(TinyLlama.url.path, in: nil)

    let outcome = try await request.run(
      [
        .success(questions[0].setting("adapter", to: .null)),
        .success(questions[0].setting("adapter", to: "trained")),
        .success(questions[0].setting("adapter", to: "absent")), .success(questions[0]),
      ],
      on: reference
    )

    let names = try [0, 1, 3].map { try outcome.answers[$0].get()["adapter"] }
    #expect(names == [.null, "trained", "trained"])
    #expect(outcome.answers[2].failureText.contains("those given are trained"))
  }

  @Test func `two adapters of one name are refused`() async throws {
    let folder = try ScratchFolder()
    let adapter = try TinyLlama.initialAdapter(in: folder)
    let twice = request {
      $0.adapters = [.init(name: "a", folder: adapter), .init(name: "a", folder: adapter)]
    }
    await #expect(throws: ExecutionError.self) { try await answers(twice, questions) }
  }

  @Test func `an answer ends before a stop string`() async throws {
    let free = try await answers(request(), questions)
    let index = try #require(
      free.firstIndex { ($0["text"]?.string?.unicodeScalars.count ?? 0) > 6 }
    )
    let text = try #require(free[index]["text"]?.string)
    let stop = String(text.unicodeScalars.dropFirst(3).prefix(2))

    let found = try await answers(request { $0.stop = [stop] }, [questions[index]])

    #expect(found[0]["finish_reason"] == "stop_string")
    #expect(found[0]["text"]?.string?.contains(stop) == false)
    #expect(text.hasPrefix(found[0]["text"]?.string ?? "?"))
  }

  @Test(
    arguments: [
      { $0.sampling.temperature = -1 }, { $0.sampling.topK = -1 }, { $0.sampling.topP = 0 },
      { $0.sampling.minP = 1.5 }, { $0.sampling.repetitionPenalty = 0 },
    ] as [@Sendable (inout GenerationRequest) -> Void]
  )
  func `sampling settings out of range are refused`(
    change: @Sendable (inout GenerationRequest) -> Void
  ) async {
    let changed = request(change)
    await #expect(throws: (any Error).self) { try await answers(changed, questions) }
  }
}
