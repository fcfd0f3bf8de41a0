import Foundations
import HTTPTypes
import Testing
import Workspace

struct TraceRoutesTests {
  let api: APIHarness

  init() throws {
    api = try APIHarness()
  }

  @Test func `a stored trace is read back with every field that it came with`() async throws {
    let trace = APIHarness.trace(1).setting("mine", to: [1.50, "é"])

    let created = try await api.send(.post, "/api/traces", json: trace)
    let id = try #require(created.json["id"]?.string)
    let read = try await api.send(.get, "/api/traces/\(id)")

    #expect(created.status == 201)
    #expect(created.headers[.location] == "/api/traces/\(id)")
    #expect(created.json["trace_version"] == "1.0")
    #expect(read.json["payload"] == trace)
    #expect(read.json["tags"] == [] && read.json["archived_at"] == .null)
    #expect(read.headers[.eTag]?.hasPrefix("\"") == true)
  }

  @Test func `a batch answers in the order of its members`() async throws {
    let first = try await api.send(.post, "/api/traces", json: APIHarness.trace(2))

    let batch = try await api.send(
      .post,
      "/api/traces/batch",
      json: [APIHarness.trace(1), APIHarness.trace(2)]
    )

    #expect(batch.status == 201)
    #expect(batch.json["created_count"] == 2)
    #expect(batch.json["traces"]?[1]?["id"] == first.json["id"])
  }

  @Test func `one bad member keeps the whole batch out and is pointed at`() async throws {
    let bad = APIHarness.trace(2).setting("steps", to: [["i": 0, "type": "x", "content": ""]])

    let batch = try await api.send(.post, "/api/traces/batch", json: [APIHarness.trace(1), bad])

    #expect(batch.status == 422)
    #expect(batch.code == "invalid_request")
    #expect(batch.pointers == ["/1/steps/0/content"])
    #expect(try api.workspace.traces.count() == 0)
  }

  @Test(arguments: [0, 1001])
  func `a batch of a wrong size is a bad request that says both numbers`(
    count: Int
  ) async throws {
    let traces = (0..<count).map { APIHarness.trace($0) }

    let batch = try await api.send(.post, "/api/traces/batch", json: .array(traces))

    #expect(batch.status == 400)
    #expect(batch.code == "batch_size")
    #expect(batch.json["detail"]?.string?.contains("\(count)") == true)
    #expect(batch.json["detail"]?.string?.contains("1000") == true)
  }

  @Test func `a list is paged, newest first, and says where it goes on`() async throws {
    for number in 0..<3 {
      _ = try await api.send(.post, "/api/traces", json: APIHarness.trace(number))
    }

    let page = try await api.send(.get, "/api/traces?limit=2")
    let rest = try await api.send(.get, "/api/traces?limit=2&offset=2")

    #expect(page.json["data"]?.array?.count == 2)
    #expect(page.json["pagination"]?["next_offset"] == 2)
    #expect(page.headers.contains { $0.name.rawName == "Link" })
    #expect(rest.json["data"]?.array?.count == 1)
    #expect(rest.json["pagination"]?["next_offset"] == .null)
  }

  @Test(
    arguments: [
      "limit=0", "limit=101", "limit=x", "offset=-1", "limit=1&limit=2", "nosuch=1",
    ])
  func `a list refuses parameters that it does not have`(query: String) async throws {
    let answer = try await api.send(.get, "/api/traces?\(query)")

    #expect(answer.status == 422)
    #expect(answer.pointers.first?.hasPrefix("query/") == true)
  }

  @Test func `an id that is no UUID is invalid and an unknown one is not found`() async throws {
    let malformed = try await api.send(.get, "/api/traces/17")
    let unknown = try await api.send(.get, "/api/traces/00000000-0000-4000-8000-000000000000")

    #expect(malformed.status == 422)
    #expect(unknown.status == 404)
    #expect(unknown.code == "not_found")
  }
}
