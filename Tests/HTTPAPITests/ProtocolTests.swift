import Access
import Foundations
import HTTPAPI
import HTTPTypes
import TestSupport
import Testing
import Workspace

/// What every address has in common.
struct ProtocolTests {
  let api: APIHarness

  init() throws {
    api = try APIHarness()
  }

  @Test func `a problem names its code, its request and a sentence`() async throws {
    let answer = try await api.send(.get, "/nowhere", headers: ["X-Request-ID": "mine-7"])

    #expect(answer.status == 404)
    #expect(answer.headers[.contentType] == "application/problem+json")
    #expect(answer.code == "not_found")
    #expect(answer.json["request_id"] == "mine-7")
    #expect(answer.json["status"] == 404)
    #expect(answer.json["detail"]?.string?.isEmpty == false)
  }

  @Test func `a request id that could break a log is not taken over`() async throws {
    let answer = try await api.send(.get, "/api/health", headers: ["X-Request-ID": "a b"])

    #expect(answer.headers.first { $0.name.rawName == "X-Request-ID" }?.value == "own-id")
  }

  @Test(arguments: [
    ("/api/traces", "GET, HEAD, POST"), ("/api/traces/batch", "POST"),
    ("/api/traces/00000000-0000-4000-8000-000000000000", "DELETE, GET, HEAD, PATCH"),
  ])
  func `a wrong method is answered with the right ones`(path: String, methods: String) async throws
  {
    let answer = try await api.send(.put, path)

    #expect(answer.status == 405)
    #expect(answer.headers[.allow] == methods)
  }

  @Test func `a head request has the headers and no body`() async throws {
    let answer = try await api.send(.head, "/api/health")

    #expect(answer.status == 200)
    #expect(answer.bytes.isEmpty)
    #expect(answer.headers[.contentLength] != "0")
  }

  @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", ""])
  func `a body of another media type is refused`(type: String) async throws {
    let answer = try await api.send(.post, "/api/traces", "{}", headers: ["Content-Type": type])

    #expect(answer.status == 415)
  }

  @Test func `a media type's parameters do not matter`() async throws {
    let answer = try await api.send(
      .post,
      "/api/traces",
      APIHarness.trace(1).compact,
      headers: ["Content-Type": "Application/JSON; charset=utf-8"]
    )

    #expect(answer.status == 201)
  }

  @Test(arguments: [("text/html", 406), ("*/*", 200), ("text/html, application/*;q=0.5", 200)])
  func `accept is honoured`(accept: String, status: Int) async throws {
    let answer = try await api.send(.get, "/api/traces", headers: ["Accept": accept])

    #expect(answer.status == status)
  }

  @Test(arguments: ["{", "[1,]", "\u{FEFF}{}", "{\"a\":1} x"])
  func `text that is no JSON is a bad request`(body: String) async throws {
    let answer = try await api.send(.post, "/api/traces", body)

    #expect(answer.status == 400)
    #expect(answer.code == "malformed_request")
  }

  @Test func `a body is too large by its bytes, whatever its header says`() async throws {
    let limits = BodyLimits(traceBytes: 100, generalBytes: 100)
    let api = try APIHarness(limits: limits)

    let answer = try await api.send(
      .post,
      "/api/traces",
      APIHarness.trace(1).compact,
      headers: ["Content-Length": "10"]
    )

    #expect(answer.status == 413)
    #expect(answer.json["detail"]?.string?.contains("100") == true)
  }

  @Test func `a version that the client has is not sent again`() async throws {
    let created = try await api.send(.post, "/api/traces", json: APIHarness.trace(1))
    let path = "/api/traces/\(created.json["id"]?.string ?? "")"
    let tag = try #require(try await api.send(.get, path).headers[.eTag])

    let again = try await api.send(.get, path, headers: ["If-None-Match": tag])

    #expect(again.status == 304)
    #expect(again.bytes.isEmpty)
  }

  @Test func `an export that the client has is not made again`() async throws {
    let created = try await api.send(.post, "/api/traces", json: APIHarness.trace(1))
    let recipe: JSONValue = ["dataset_name": "d", "dataset_version": "v1"]
    _ = try await api.send(.post, "/api/datasets/build", json: recipe)
    let path = "/api/datasets/d-v1/export.jsonl"
    let first = try await api.send(.get, path)
    let tag = try #require(first.headers[.eTag])

    let again = try await api.send(.get, path, headers: ["If-None-Match": "\"x\", \(tag)"])
    let other = try await api.send(
      .get,
      path + "?format=tunix_sft",
      headers: ["If-None-Match": tag]
    )

    #expect(first.text.contains(created.json["id"]?.string ?? "-"))
    #expect(again.status == 304 && again.bytes.isEmpty && again.headers[.eTag] == tag)
    #expect(other.status == 200 && other.headers[.eTag] != tag)
  }
}

/// `Idempotency-Key`.
struct IdempotencyTests {
  let api: APIHarness

  init() throws {
    api = try APIHarness()
  }

  @Test func `a repeated request gets the first answer`() async throws {
    let key = ["Idempotency-Key": "k1"]
    let first = try await api.send(.post, "/api/traces", json: APIHarness.trace(1), headers: key)

    let again = try await api.send(.post, "/api/traces", json: APIHarness.trace(1), headers: key)

    #expect(again.status == 201)
    #expect(again.json == first.json)
    #expect(again.headers[.location] == first.headers[.location])
    #expect(again.headers.contains { $0.name.rawName == "Idempotency-Replayed" })
  }

  @Test func `a key belongs to one request`() async throws {
    let key = ["Idempotency-Key": "k1"]
    _ = try await api.send(.post, "/api/traces", json: APIHarness.trace(1), headers: key)

    let other = try await api.send(.post, "/api/traces", json: APIHarness.trace(2), headers: key)

    #expect(other.status == 422)
    #expect(other.code == "idempotency_key_reused")
    #expect(try api.workspace.traces.count() == 1)
  }

  @Test func `a request that failed may be sent again with its key`() async throws {
    let key = ["Idempotency-Key": "k1"]
    let bad = APIHarness.trace(1).setting("prompt", to: "")
    let failed = try await api.send(.post, "/api/traces", json: bad, headers: key)

    let mended = try await api.send(.post, "/api/traces", json: APIHarness.trace(1), headers: key)

    #expect(failed.status == 422)
    #expect(mended.status == 201)
  }

  @Test func `a request that is being answered makes its repetition wait`() async throws {
    let ledger = api.workspace.requests
    let print = ContentHash(ofText: "x")
    #expect(try ledger.begin("k", caller: "", fingerprint: print) == .proceed)

    #expect(try ledger.begin("k", caller: "", fingerprint: print) == .wait)
    #expect(try ledger.begin("k", caller: "other", fingerprint: print) == .proceed)
  }
}

/// Tokens and names of hosts.
struct AccessTests {
  @Test func `without a token nothing but health is told`() async throws {
    let api = try APIHarness(rules: .init(needsToken: true))

    let list = try await api.send(.get, "/api/traces")
    let health = try await api.send(.get, "/api/health")

    #expect(list.status == 401)
    #expect(list.code == "token_required")
    #expect(list.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
    #expect(health.status == 200)
  }

  @Test func `a token opens what its scopes name`() async throws {
    let api = try APIHarness(rules: .init(needsToken: true))
    let (_, secret) = try api.workspace.access.create(name: "reader", scopes: [.read])
    let header = ["Authorization": "Bearer \(secret.text)"]

    let list = try await api.send(.get, "/api/traces", headers: header)
    let create = try await api.send(
      .post,
      "/api/traces",
      json: APIHarness.trace(1),
      headers: header
    )

    #expect(list.status == 200)
    #expect(create.status == 403)
    #expect(create.code == "scope_missing")
  }

  @Test func `a revoked, an ended and an unknown token are refused`() async throws {
    let api = try APIHarness()
    let library = api.workspace.access
    let (_, revoked) = try library.create(name: "revoked", scopes: [.read])
    try library.revoke("revoked")
    let (_, ended) = try library.create(name: "ended", scopes: [.read], lifetimeSeconds: -1)

    for text in [revoked.text, ended.text, TokenSecret.random().text, "nonsense"] {
      let answer = try await api.send(
        .get,
        "/api/traces",
        headers: ["Authorization": "Bearer \(text)"]
      )
      #expect(answer.status == 401)
      #expect(answer.code == "token_invalid")
    }
  }

  @Test func `a secret is not in the database`() throws {
    let api = try APIHarness()
    let (_, secret) = try api.workspace.access.create(name: "a", scopes: [.admin])

    for name in api.folder.names("") where name.hasPrefix("tunix-rt.sqlite") {
      let bytes = try api.folder.contents(name)
      #expect(!bytes.contains(Array(secret.text.utf8)))
    }
  }

  @Test func `another site's name for this machine is not answered`() async throws {
    let api = try APIHarness(rules: .init(hosts: ["localhost", "127.0.0.1"]))

    let foreign = try await api.send(.get, "/api/health", host: "evil.example:8000")
    let own = try await api.send(.get, "/api/health", host: "LOCALHOST:8000")

    #expect(foreign.status == 403)
    #expect(foreign.code == "host_refused")
    #expect(own.status == 200)
  }
}
