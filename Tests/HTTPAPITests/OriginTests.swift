import Foundations
import HTTPAPI
import HTTPTypes
import Testing
import Workspace

/// What pages of other sites may do.
struct OriginTests {
  private let mine = "http://localhost:5173"

  private func harness(_ origins: Set<String> = []) throws -> APIHarness {
    try APIHarness(rules: TunixAPI.Rules(origins: origins))
  }

  @Test func `without the setting no page of another site reads or changes anything`() async throws
  {
    let api = try harness()

    let read = try await api.send(.get, "/api/traces", headers: ["Origin": mine])
    let asked = try await api.send(
      .options,
      "/api/traces",
      headers: ["Origin": mine, "Access-Control-Request-Method": "POST"]
    )
    let changed = try await api.send(
      .post,
      "/api/traces/import",
      APIHarness.trace(1).compact,
      headers: ["Origin": mine, "Content-Type": "text/plain"]
    )

    #expect(read.status == 200 && read.headers[.accessControlAllowOrigin] == nil)
    #expect(asked.status == 405 && asked.headers[.accessControlAllowOrigin] == nil)
    #expect(changed.status == 403 && changed.code == "origin_refused")
    #expect(try api.workspace.traces.count() == 0)
  }

  @Test func `a page of an allowed origin may do what others may`() async throws {
    let api = try harness([mine])

    let asked = try await api.send(
      .options,
      "/api/traces",
      headers: ["Origin": mine, "Access-Control-Request-Method": "POST"]
    )
    let stored = try await api.send(
      .post,
      "/api/traces",
      json: APIHarness.trace(1),
      headers: ["Origin": mine]
    )

    #expect(asked.status == 204)
    #expect(asked.headers[.accessControlAllowMethods] == "GET, HEAD, POST")
    #expect(asked.headers[.accessControlAllowHeaders]?.contains("Idempotency-Key") == true)
    #expect(stored.status == 201)
    for answer in [asked, stored] {
      #expect(answer.headers[.accessControlAllowOrigin] == mine)
      #expect(answer.headers[.accessControlAllowCredentials] == "true")
      #expect(answer.headers[.vary] == "Origin")
    }
    #expect(stored.headers[.accessControlExposeHeaders]?.contains("ETag") == true)
  }

  @Test func `a problem can be read by an allowed page, and by no other`() async throws {
    let api = try harness([mine])

    let absent = try await api.send(.get, "/nowhere", headers: ["Origin": mine])
    let foreign = try await api.send(.get, "/nowhere", headers: ["Origin": mine + "1"])

    #expect(absent.status == 404 && absent.headers[.accessControlAllowOrigin] == mine)
    #expect(foreign.headers[.accessControlAllowOrigin] == nil)
    #expect(foreign.headers[.vary] == "Origin")
  }

  @Test(arguments: [
    ("http://localhost:8000", 201), ("https://localhost:8000", 201), ("null", 403),
    ("http://localhost:8001", 403), ("http://localhost", 403),
  ])
  func `the server's own pages change things`(origin: String, status: Int) async throws {
    let api = try harness()

    let answer = try await api.send(
      .post,
      "/api/traces",
      APIHarness.trace(1).compact,
      headers: ["Origin": origin],
      host: "localhost:8000"
    )

    #expect(answer.status == status)
  }
}
