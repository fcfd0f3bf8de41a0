import Execution
import Foundation
import Foundations
import TestSupport
import Testing

/// The inspections on the tiny model: right numbers, and each wrong input's error in its place.
@Suite(.serialized)
struct InspectionTests {
  private static let broken = InputProblem()

  /// An input line that was no JSON.
  private struct InputProblem: Error, CustomStringConvertible {
    let description = "line 2: no JSON"
  }

  private func reference() throws -> ModelReference {
    try ModelReference.find(TinyLlama.url.path, in: nil)
  }

  private func text(_ result: Result<JSONValue, any Error>) -> String {
    switch result {
    case .success(let value): value.compact
    case .failure(let error): "\(error)"
    }
  }

  private func sequences() throws -> [JSONValue] {
    try #require(try Fixture.json("tiny/llama/fixture.json")["sequences"]?.array)
  }

  @Test func `texts become the reference's tokens and come back`() throws {
    let inspection = TextInspection(try ModelText(try reference()))
    let entries = try #require(
      try Fixture.json("tiny/llama/tokenizer_fixture.json")["entries"]?.array
    )
    for entry in entries {
      let parsed = try inspection.tokenize(entry, parsesSpecial: true, addsBOS: false)
      let plain = try inspection.tokenize(entry, parsesSpecial: false, addsBOS: false)

      #expect(parsed["ids"] == entry["ids"])
      #expect(plain["ids"] == entry["ids_parse_special_false"])
      #expect(try inspection.detokenize(parsed, skipsSpecial: false)["text"] == entry["decoded"])
    }
    #expect(entries.count > 200)
  }

  @Test func `conversations become the reference's text and tokens`() throws {
    let inspection = TextInspection(try ModelText(try reference()))
    let chats = try #require(try Fixture.json("tiny/llama/fixture.json")["chats"]?.array)
    for chat in chats {
      let rendered = try inspection.render(chat, addsGenerationPrompt: false)

      #expect(rendered["text"] == chat["text"])
      #expect(rendered["ids"] == chat["ids"])
      #expect(rendered["supervised"]?.array?.count == chat["ids"]?.array?.count)
    }
  }

  @Test func `unusable texts, ids and messages are refused with what was expected`() throws {
    let inspection = TextInspection(try ModelText(try reference()))
    func refusal(_ work: () throws -> JSONValue) -> String {
      Result { try work() }.failureText
    }

    #expect(
      refusal { try inspection.tokenize(["ids": [1]], parsesSpecial: true, addsBOS: false) }
        .contains("\"text\"")
    )
    #expect(
      refusal { try inspection.detokenize(["ids": [512]], skipsSpecial: false) }
        .contains("0 to 511")
    )
    #expect(
      refusal { try inspection.detokenize(["ids": [1.5]], skipsSpecial: false) }
        .contains("no token id")
    )
    #expect(
      refusal {
        try inspection.render(
          ["messages": [["role": "robot", "content": "x"]]],
          addsGenerationPrompt: false
        )
      }.contains("robot")
    )
  }

  @Test func `logits are the reference's, and a wrong input has its error in its place`()
    async throws
  {
    let sequences = try sequences()
    let inputs: [Result<JSONValue, any Error>] = [
      .success(sequences[0]), .failure(Self.broken), .success(["ids": []]),
      .success(["ids": [999]]), .success(["ids": .array((0..<129).map { _ in 5 })]),
      .success(["nothing": 1]), .success(sequences[1]),
    ]

    let results = try await LogitsInspection(
      try ModelText(try reference()),
      adapter: nil,
      options: EngineOptions(dtype: "f32")
    ).run(inputs, top: 5)

    #expect(results.count == inputs.count)
    for (place, sequence) in [(0, sequences[0]), (6, sequences[1])] {
      let top = try #require(try results[place].get()["top"]?.array)
      #expect(top.compactMap { $0["id"] } == sequence["last_top5_ids"]?.array)
      let expected = (sequence["last_top5_logits"]?.array ?? []).compactMap(\.double)
      for (found, wanted) in zip(top.compactMap { $0["logit"]?.double }, expected) {
        #expect(abs(found - wanted) < 5e-5)
      }
    }
    #expect(text(results[1]) == "line 2: no JSON")
    #expect(text(results[2]).contains("no tokens"))
    #expect(text(results[3]).contains("999"))
    #expect(text(results[4]).contains("129") && text(results[4]).contains("128"))
    #expect(text(results[5]).contains("\"text\""))
  }

  @Test func `answers are the reference's, in order, beside the errors of wrong inputs`()
    async throws
  {
    let sequences = try sequences()
    var request = GenerationRequest()
    request.maxNewTokens = 16
    request.batchSize = 2
    request.options = EngineOptions(dtype: "f32")
    let inputs: [Result<JSONValue, any Error>] = [
      .success(sequences[0]), .failure(Self.broken),
      .success(["ids": .array((0..<113).map { _ in 5 })]), .success(sequences[1]),
      .success(["messages": "none"]), .success(sequences[2]), .success(["text": ""]),
    ]

    let results = try await request.run(inputs, on: try reference()).answers

    #expect(results.count == inputs.count)
    for (place, sequence) in [(0, sequences[0]), (3, sequences[1]), (5, sequences[2])] {
      let found = try results[place].get()
      let ids = found["ids"]?.array ?? []
      let expected = sequence["greedy_16"]?.array ?? []
      #expect(!ids.isEmpty && ids == Array(expected.prefix(ids.count)))
      #expect(found["log_probabilities"]?.array?.count == ids.count)
      #expect(ids.count == 16 || ids.last == 2)
      #expect(found["finish_reason"] == (ids.last == 2 ? "stop" : "length"))
    }
    #expect(text(results[1]) == "line 2: no JSON")
    #expect(text(results[2]).contains("prompt 3 has 113 tokens"))
    #expect(text(results[2]).contains("16") && text(results[2]).contains("128"))
    #expect(text(results[4]).contains("messages"))
    #expect(text(results[6]).contains("no tokens"))
  }

  @Test func `a limit beyond every context is refused and does not trap`() async throws {
    var request = GenerationRequest()
    request.maxNewTokens = .max

    let results = try await request.run([.success(["ids": [5]])], on: try reference()).answers

    #expect(results.first?.failureText.contains("128") == true)
  }

  @Test func `options that make no sense are refused`() async throws {
    let reference = try reference()
    for change in [
      { (request: inout GenerationRequest) in request.maxNewTokens = 0 },
      { request in request.batchSize = -1 }, { request in request.options.dtype = "f8" },
      { request in request.options.threads = 0 },
    ] {
      var request = GenerationRequest()
      change(&request)
      let changed = request
      await #expect(throws: ExecutionError.self) {
        try await changed.run([.success(["ids": [5]])], on: reference)
      }
    }
  }
}

extension Result where Success == JSONValue {
  /// The error in words; empty where there is none.
  var failureText: String {
    switch self {
    case .success: ""
    case .failure(let error): "\(error)"
    }
  }
}
