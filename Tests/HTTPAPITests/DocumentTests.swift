import Foundations
import HTTPTypes
import Testing

@testable import HTTPAPI

/// The OpenAPI document and the page.
struct DocumentTests {
  let api: APIHarness

  init() throws {
    api = try APIHarness()
  }

  @Test func `every endpoint is in the document and answers under its address`() async throws {
    let document = try await api.send(.get, "/openapi.json").json

    for endpoint in api.api.endpoints {
      let method = endpoint.method.rawValue.lowercased()
      #expect(document["paths"]?[endpoint.path]?[method] != nil)
      let filled = endpoint.path.split(separator: "/").map { $0.hasPrefix("{") ? "x" : $0 }
      let answer = try await api.send(endpoint.method, "/" + filled.joined(separator: "/"))
      #expect(answer.status != 405 && answer.json["detail"]?.string?.contains("no address") != true)
    }
    #expect(document["openapi"] == "3.1.0")
  }

  @Test func `operation ids are unique and every reference leads somewhere`() throws {
    let endpoints = api.api.endpoints
    let document = OpenAPIDocument(endpoints: endpoints).json
    let text = document.compact

    #expect(Set(endpoints.map(\.operationID)).count == endpoints.count)
    for match in text.matches(of: #/"#\/components\/schemas\/([A-Za-z]+)"/#) {
      #expect(document["components"]?["schemas"]?[String(match.1)] != nil)
    }
  }

  @Test func `the page names every address and loads nothing`() async throws {
    let page = try await api.send(.get, "/docs")

    for endpoint in api.api.endpoints { #expect(page.text.contains(endpoint.path)) }
    for code in ProblemCode.allCases { #expect(page.text.contains("id=\"\(code.rawValue)\"")) }
    #expect(!page.text.contains("src="))
    #expect(!page.text.contains("<link"))
    #expect(!page.text.contains("http://") && !page.text.contains("https://"))
  }

  @Test func `a schema refuses what it says that it refuses`() {
    let schema = Schema.object([
      .required("a", .integer(1...3)), .optional("b/c", .array(of: .string(1...2), 0...2)),
    ])

    #expect(schema.problems(with: ["a": 2, "b/c": ["x", "yy"]]).isEmpty)
    #expect(schema.problems(with: ["a": 2.0]).isEmpty)
    #expect(schema.problems(with: ["a": 4]).map(\.pointer) == ["/a"])
    #expect(
      schema.problems(with: ["b/c": ["xyz", 1]]).map(\.pointer) == ["/a", "/b~1c/0", "/b~1c/1"]
    )
    #expect(schema.problems(with: ["a": 1, "z": 1]).map(\.pointer) == ["/z"])
    #expect(schema.problems(with: []).map(\.pointer) == [""])
  }
}
