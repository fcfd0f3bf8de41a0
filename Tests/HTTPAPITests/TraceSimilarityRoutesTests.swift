import Datasets
import Foundations
import HTTPTypes
import Testing
import Workspace

@testable import HTTPAPI

/// Searches among the stored traces.
struct TraceSimilarityRoutesTests {
  let api: APIHarness
  private let words = (0..<30).map { "word\($0)" }.joined(separator: " ")

  init() throws {
    api = try APIHarness()
  }

  private func store(_ prompts: [String]) async throws -> [String] {
    let batch = prompts.map { prompt in
      APIHarness.trace(1).setting("prompt", to: .string(prompt))
    }
    let answer = try await api.send(.post, "/api/traces/batch", json: .array(batch))
    return (answer.json["traces"]?.array ?? []).compactMap { $0["id"]?.string }
  }

  @Test func `a later trace that says nearly the same is named with the earlier one`() async throws
  {
    let ids = try await store([words, "something else", words + " more"])

    let found = try await api.send(.get, "/api/traces/duplicates").json

    #expect(found["trace_count"] == 3 && found["complete"] == true)
    #expect(found["finding_count"] == 1)
    #expect(found["findings"]?[0]?["trace_id"]?.string == ids[2])
    #expect(found["findings"]?[0]?["other"]?.string == ids[0])
    #expect(found["method"]?["threshold"] == 0.8)
  }

  @Test func `a search looks at so many of the newest and says that there are more`() async throws {
    _ = try await store([words, "something else", words + " more"])

    let found = try await api.send(.get, "/api/traces/duplicates?limit=2").json
    let exact = try await api.send(.get, "/api/traces/duplicates?limit=3&threshold=1").json

    #expect(found["trace_count"] == 2 && found["complete"] == false)
    #expect(found["finding_count"] == 0)
    #expect(exact["complete"] == true && exact["finding_count"] == 0)
  }

  @Test func `a search takes the list's filters`() async throws {
    _ = try await store([words, words + " more"])

    let none = try await api.send(.get, "/api/traces/duplicates?filter=category%3Dother").json
    let both = try await api.send(.get, "/api/traces/duplicates?filter=category%3Daddition").json

    #expect(none["trace_count"] == 0 && both["finding_count"] == 1)
  }

  @Test func `traces that share words with questions are found by list and by set`() async throws {
    let ids = try await store(["something else", "please: " + words])
    let set = try api.workspace.evaluationSets.show("eval_v1")
    let asked = try await store([set.items[3].prompt])

    let byList = try await api.send(
      .post,
      "/api/traces/contamination?filter=category%3Daddition",
      json: ["items": [["prompt": .string(words)], ["id": "q", "prompt": .string(words)]]]
    )
    let bySet = try await api.send(
      .post,
      "/api/traces/contamination",
      json: ["evaluation_set": "eval_v1"]
    )

    #expect(byList.json["findings"]?.array?.map { $0["trace_id"]?.string } == [ids[1], ids[1]])
    #expect(byList.json["findings"]?.array?.map { $0["other"]?.string } == ["item 1", "q"])
    #expect(bySet.json["findings"]?[0]?["trace_id"]?.string == asked[0])
    #expect(bySet.json["findings"]?[0]?["other"]?.string == set.items[3].id)
  }

  @Test(arguments: [
    ("{}", 422), (#"{"items":[],"evaluation_set":"eval_v1"}"#, 422), (#"{"items":[]}"#, 422),
    (#"{"items":[{"prompt":""}]}"#, 422), (#"{"evaluation_set":"none"}"#, 404),
    (#"{"evaluation_set":"eval_v1","items":[{"prompt":"a"}]}"#, 422),
  ])
  func `questions come from one place`(body: String, status: Int) async throws {
    let answer = try await api.send(.post, "/api/traces/contamination", body)

    #expect(answer.status == status)
  }

  @Test(arguments: ["limit=10001", "limit=0", "threshold=0", "threshold=1.5", "filter=x"])
  func `what a search cannot do is refused`(query: String) async throws {
    let answer = try await api.send(.get, "/api/traces/duplicates?\(query)")

    #expect(answer.status == 422)
  }

  @Test func `one long search runs at a time, and a failed one makes room`() throws {
    let turn = SearchTurn()

    let refused = try turn.take { #expect(throws: APIProblem.self) { try turn.take { 1 } } }
    #expect(refused?.code == .unavailable)
    #expect(throws: JSONError.self) { try turn.take { try JSONValue(parsing: "{") } }
    #expect(try turn.take { 2 } == 2)
  }
}
