import Foundations
import HTTPTypes
import TestSupport
import Testing
import Workspace

/// What may be said about a trace, and its import, search and deletion.
struct TraceChangeRoutesTests {
  let api: APIHarness

  init() throws {
    api = try APIHarness()
  }

  private func created(_ number: Int = 1) async throws -> (path: String, tag: String) {
    let answer = try await api.send(.post, "/api/traces", json: APIHarness.trace(number))
    let path = try #require(answer.headers[.location])
    return (path, try #require(try await api.send(.get, path).headers[.eTag]))
  }

  @Test func `a trace is tagged, labelled and archived, and keeps its content`() async throws {
    let (path, tag) = try await created()

    let changed = try await api.send(
      .patch,
      path,
      json: [
        "add_tags": ["good"], "archived": true, "labels": [["i": 0, "label": "correct"]],
        "note": "checked",
      ],
      headers: ["If-Match": tag]
    )
    let list = try await api.send(.get, "/api/traces")
    let archived = try await api.send(.get, "/api/traces?archived=only&tag=good")

    #expect(changed.status == 200, "\(changed.text)")
    #expect(changed.json["tags"] == ["good"])
    #expect(changed.json["labels"]?[0]?["label"] == "correct")
    #expect(changed.json["payload"] == APIHarness.trace(1))
    #expect(changed.headers[.eTag] != tag)
    #expect(list.json["data"]?.array?.isEmpty == true)
    #expect(archived.json["data"]?.array?.count == 1)
  }

  @Test func `a change says which version it changes`() async throws {
    let (path, tag) = try await created()
    let change: JSONValue = ["add_tags": ["a"]]
    let first = try await api.send(.patch, path, json: change, headers: ["If-Match": tag])

    let unsaid = try await api.send(.patch, path, json: change)
    let late = try await api.send(.patch, path, json: change, headers: ["If-Match": tag])
    let any = try await api.send(.patch, path, json: change, headers: ["If-Match": "*"])

    #expect(first.status == 200)
    #expect(unsaid.status == 428 && unsaid.code == "precondition_required")
    #expect(late.status == 412 && late.code == "precondition_failed")
    #expect(any.status == 200)
  }

  @Test func `a step that is not there cannot be labelled`() async throws {
    let (path, _) = try await created()

    let answer = try await api.send(
      .patch,
      path,
      json: ["labels": [["i": 7, "label": "wrong"]], "add_tags": ["x"]],
      headers: ["If-Match": "*"]
    )

    #expect(answer.status == 422)
    #expect(try await api.send(.get, path).json["tags"] == [])
  }

  @Test func `a trace that a dataset holds is not deleted, and the dataset is named`() async throws
  {
    let (held, _) = try await created(1)
    let built = try await api.send(
      .post,
      "/api/datasets/build",
      json: ["dataset_name": "d", "dataset_version": "1"]
    )
    let (free, _) = try await created(2)

    let refused = try await api.send(.delete, held)
    let gone = try await api.send(.delete, free)
    let holdings = try await api.send(.get, held + "/datasets")

    #expect(built.status == 201, "\(built.text)")
    #expect(refused.status == 409)
    #expect(refused.json["detail"]?.string?.contains("d-1") == true)
    #expect(gone.status == 204)
    #expect(try await api.send(.get, free).status == 404)
    #expect(holdings.json["datasets"]?[0]?["dataset_key"] == "d-1")
  }

  @Test func `two traces are compared by the predecessor's score, and a score is kept`()
    async throws
  {
    let (one, _) = try await created(1)
    let (two, _) = try await created(2)
    let ids = [one, two].map { String($0.split(separator: "/").last ?? "") }

    let both = try await api.send(.get, "/api/traces/compare?base=\(ids[0])&other=\(ids[1])")
    let score = try await api.send(.post, one + "/score")
    let none = "00000000-0000-4000-8000-000000000000"
    let missing = try await api.send(.get, "/api/traces/compare?base=\(ids[0])&other=\(none)")

    #expect(both.json["base"]?["score"] == score.json["score"])
    #expect(score.status == 201)
    #expect(try await api.send(.get, one).json["scores"]?.array?.count == 1)
    #expect(missing.status == 404)
    #expect(missing.json["detail"]?.string?.contains("other") == true)
  }

  @Test func `traces are found by words, facts and page by page with a cursor`() async throws {
    for number in 0..<5 {
      let meta: JSONValue = ["category": number < 3 ? "low" : "high"]
      _ = try await api.send(.post, "/api/traces", json: APIHarness.trace(number, meta: meta))
    }

    let low = try await api.send(.get, "/api/traces?filter=category%3Dlow&limit=2")
    let cursor = try #require(low.json["pagination"]?["next_cursor"]?.string)
    let rest = try await api.send(
      .get,
      "/api/traces?filter=category%3Dlow&limit=2&cursor=\(cursor)"
    )
    let foreign = try await api.send(.get, "/api/traces?limit=2&cursor=\(cursor)")
    let found = try await api.send(.get, "/api/traces?q=%22is+3%22")

    #expect(low.json["data"]?.array?.count == 2 && rest.json["data"]?.array?.count == 1)
    #expect(foreign.status == 422 && foreign.pointers == ["query/cursor"])
    #expect(found.json["data"]?.array?.count == 1)
    let link = low.headers.first { $0.name.rawName == "Link" }?.value ?? ""
    let next = try #require(link.firstMatch(of: #/<([^>]+)>; rel="next"/#)).output.1
    #expect(try await api.send(.get, String(next)).json == rest.json)
  }

  @Test func `a file is imported whole, or not at all with the lines that are wrong`() async throws
  {
    let good = [1, 2].map { APIHarness.trace($0).compact + "\n" }.joined()
    let lines = ["Content-Type": "application/x-ndjson"]

    let refused = try await api.send(
      .post,
      "/api/traces/import",
      good + "{\"prompt\": 1}\n",
      headers: lines
    )
    let trial = try await api.send(.post, "/api/traces/import?dry_run=true", good, headers: lines)
    let stored = try await api.send(.post, "/api/traces/import", good, headers: lines)
    let again = try await api.send(.post, "/api/traces/import", good, headers: lines)

    #expect(refused.status == 422)
    #expect(refused.pointers.first?.hasPrefix("line 3") == true)
    #expect(trial.json["created"] == 2 && trial.json["stored"] == false)
    #expect(stored.json["created"] == 2 && stored.json["format"] == "tunix")
    #expect(again.json["existing"] == 2)
    #expect(api.folder.names("").allSatisfy { !$0.hasSuffix(".body") })
  }
}
