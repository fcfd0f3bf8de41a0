import Foundations
import HTTPTypes
import Testing

@testable import HTTPAPI

/// Requests that nobody means: each gets a clear answer and none a failure of the server.
struct FuzzTests {
  let api: APIHarness
  private static let rounds = 400

  init() throws {
    api = try APIHarness()
  }

  private func check(_ answer: Answer, _ what: String) {
    #expect(answer.status < 500, "\(what): \(answer.text.prefix(200))")
    guard answer.status >= 400 else { return }
    #expect(answer.headers[.contentType] == "application/problem+json", "\(what)")
    #expect(answer.code.flatMap(ProblemCode.init(rawValue:)) != nil, "\(what)")
  }

  @Test func `damaged traces are refused or stored, and nothing else`() async throws {
    var random = RandomStream(seed: 7, name: "fuzz/body")
    let valid = Array(APIHarness.trace(1).setting("mine", to: [1, ["a": .null]]).compact.utf8)
    let bytes = Array("{}[]\",:\\0e-.tu\u{7F}\n".utf8) + [0xC3, 0xFF, 0x00]
    for _ in 0..<Self.rounds {
      var body = valid
      for _ in 0...random.int(in: 0...3) {
        let place = random.int(in: 0...(body.count - 1))
        switch random.int(in: 0...3) {
        case 0: body[place] = random.choice(bytes)
        case 1: body.remove(at: place)
        case 2: body.insert(random.choice(bytes), at: place)
        default: body = Array(body.prefix(max(1, place)))
        }
      }
      let text = String(decoding: body, as: UTF8.self)
      let path = random.int(in: 0...1) == 0 ? "/api/traces" : "/api/traces/batch"
      check(try await api.send(.post, path, text), text)
    }
  }

  @Test func `values of every kind at every place are refused by name`() async throws {
    let others: [JSONValue] = [
      .null, true, 0, -1, 1.5, "", "x", [], [.null], [:], ["a": 1], 1e300,
      .string(String(repeating: "y", count: 60_000)),
    ]
    for key in ["trace_version", "prompt", "final_answer", "steps", "meta"] {
      for other in others {
        let trace = APIHarness.trace(1).setting(key, to: other)
        let answer = try await api.send(.post, "/api/traces", json: trace)
        check(answer, "\(key) = \(other.compact.prefix(40))")
        if answer.status == 422 { #expect(answer.pointers.first?.hasPrefix("/\(key)") == true) }
      }
    }
  }

  @Test func `addresses and queries of any text are answered`() async throws {
    var random = RandomStream(seed: 8, name: "fuzz/path")
    let pieces = [
      "api", "traces", "datasets", "x", "..", "%2e%2e", "%00", "%zz", "%FF", "{id}", "export.jsonl",
      "00000000-0000-4000-8000-000000000000", "é", "a%20b", "?limit=5", "?limit=%31", "?q=%22",
      "?filter==", "?filter=a%3Db&filter=c=d", "?=&&=", "?offset=99999999999999999999", "?cursor=x",
    ]
    let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
    for _ in 0..<Self.rounds {
      let parts = (0...random.int(in: 0...4)).map { _ in random.choice(pieces) }
      let path = "/" + parts.joined(separator: "/").replacing("/?", with: "?")
      let method = random.choice(methods)
      let answer = try await api.send(method, path)
      if method != .head { check(answer, "\(method) \(path)") }
      #expect(answer.status < 500)
    }
  }

  @Test func `a nesting bomb is refused`() async throws {
    let bomb = String(repeating: "[", count: 100_000)

    let answer = try await api.send(.post, "/api/traces/batch", bomb)

    #expect(answer.status == 400)
    #expect(answer.json["detail"]?.string?.contains("nested deeper") == true)
  }
}
