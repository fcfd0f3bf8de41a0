import Foundations
import HTTPTypes
import Testing

struct DatasetRoutesTests {
  let api: APIHarness

  init() throws {
    api = try APIHarness()
  }

  /// Stores golden-v2 and freezes it.
  private func frozen(_ version: String = "v1", _ more: JSONValue = [:]) async throws -> Answer {
    _ = try await api.send(.post, "/api/generators/golden-v2")
    var recipe: JSONValue = [
      "dataset_name": "golden", "dataset_version": .string(version), "filters": ["golden": "v2"],
      "test_count": 10, "seed": 3,
    ]
    for member in more.object ?? [] { recipe = recipe.setting(member.key, to: member.value) }
    return try await api.send(.post, "/api/datasets/build", json: recipe)
  }

  @Test func `a dataset is frozen once and found under its address`() async throws {
    let built = try await frozen()
    let again = try await frozen()
    let path = try #require(built.headers[.location])
    let shown = try await api.send(.get, path)
    let list = try await api.send(.get, "/api/datasets?name=golden")

    #expect(built.status == 201 && again.status == 200)
    #expect(built.json["dataset_key"] == "golden-v1")
    #expect(built.json["trace_count"] == shown.json["trace_count"])
    #expect(again.json["build_id"] == built.json["build_id"])
    #expect(shown.json["dataset_key"] == "golden-v1")
    #expect(shown.headers[.cacheControl]?.contains("immutable") == true)
    #expect(list.json["data"]?.array?.count == 1)
  }

  @Test func `the same key with other content is a conflict`() async throws {
    _ = try await frozen()

    let other = try await frozen("v1", ["limit": 50])

    #expect(other.status == 409)
    #expect(other.code == "conflict")
  }

  @Test(
    arguments: [
      (["selection_strategy": "random", "seed": .null], "/seed"),
      (["filters": ["golden": "none"]], "/filters"), (["limit": 0], "/limit"),
      (["surprise": 1], "/surprise"), (["test_fraction": 0.5], "/test_fraction"),
    ] as [(JSONValue, String)]
  )
  func `a recipe that cannot be built is refused by its field`(
    change: JSONValue,
    pointer: String
  ) async throws {
    let answer = try await frozen("v1", change)

    #expect(answer.status == 422)
    #expect(answer.pointers == [pointer])
  }

  @Test(arguments: ["trace", "tunix_sft", "training_example", "messages", "prompt_completion"])
  func `an export has a row a trace, and always the same bytes`(format: String) async throws {
    let count = try await frozen().json["trace_count"]?.int
    let path = "/api/datasets/golden-v1/export.jsonl?format=\(format)"

    let all = try await api.send(.get, path)
    let test = try await api.send(.get, path + "&split=test")

    #expect(all.headers[.contentType] == "application/x-ndjson")
    #expect(JSONLines.lines(of: all.bytes).count == count)
    #expect(JSONLines.lines(of: test.bytes).count == 10)
    #expect(try await api.send(.get, path).bytes == all.bytes)
    let tag = try #require(all.headers[.eTag])
    #expect(try await api.send(.get, path, headers: ["If-None-Match": tag]).status == 304)
  }

  @Test func `tables leave as CSV and Parquet`() async throws {
    _ = try await frozen()

    let csv = try await api.send(.get, "/api/datasets/golden-v1/export.csv")
    let parquet = try await api.send(.get, "/api/datasets/golden-v1/export.parquet")

    #expect(csv.headers[.contentType] == "text/csv; charset=utf-8")
    #expect(parquet.bytes.starts(with: Array("PAR1".utf8)))
    #expect(Array(parquet.bytes.suffix(4)) == Array("PAR1".utf8))
  }

  @Test func `versions are compared, merged, extended and traced back`() async throws {
    _ = try await frozen("v1", ["limit": 40, "test_count": .null])
    let extended = try await api.send(
      .post,
      "/api/datasets/golden-v1/extend",
      json: [
        "dataset_name": "golden", "dataset_version": "v2", "limit": 20,
        "filters": ["golden": "v2"],
      ]
    )
    let diff = try await api.send(.get, "/api/datasets/golden-v1/diff?to=golden-v2")
    let lineage = try await api.send(.get, "/api/datasets/golden-v2/lineage")
    let check = try await api.send(.post, "/api/datasets/golden-v2/verify")

    #expect(extended.status == 201, "\(extended.text)")
    #expect(diff.json["kept"] == 40 && diff.json["added"] == 20)
    #expect(lineage.json["ancestors"]?[0]?["dataset_key"] == "golden-v1")
    #expect(check.json["is_intact"] == true && check.json["trace_count"] == 60)
  }

  @Test(arguments: [
    "", "/checks", "/diff?to=x", "/lineage", "/export.jsonl", "/export.csv", "/export.parquet",
    "/preview?model=m",
  ])
  func `an unknown dataset is not found`(rest: String) async throws {
    let answer = try await api.send(.get, "/api/datasets/none\(rest)")

    #expect(answer.status == (rest.hasPrefix("/preview") ? 501 : 404))
  }
}

struct EvaluationSetRoutesTests {
  let api: APIHarness

  init() throws {
    api = try APIHarness()
  }

  private let lines = ["Content-Type": "application/x-ndjson"]

  @Test func `the built-in sets are there and leave as they can come in`() async throws {
    let list = try await api.send(.get, "/api/evalsets")
    let export = try await api.send(.get, "/api/evalsets/eval_v1/export.jsonl")
    let again = try await api.send(.post, "/api/evalsets/mine", export.text, headers: lines)
    let mine = try await api.send(.get, "/api/evalsets/mine/export.jsonl")

    #expect(list.json["evaluation_sets"]?[0]?["name"] == "eval_v1")
    #expect(list.json["evaluation_sets"]?[0]?["item_count"] == 25)
    #expect(again.status == 201, "\(again.text)")
    #expect(mine.bytes == export.bytes)
  }

  @Test func `a list of questions is checked without being kept`() async throws {
    let text = "{\"id\": \"a\", \"prompt\": \"p\", \"expected_answer\": \"\"}\nnot JSON\n"

    let check = try await api.send(
      .post,
      "/api/evalsets/validate?min_items=1",
      text,
      headers: lines
    )
    let kept = try await api.send(.post, "/api/evalsets/bad", text, headers: lines)

    #expect(check.json["is_valid"] == false)
    #expect(check.json["errors"]?.array?.count == 2)
    #expect(kept.status == 422)
    #expect(try await api.send(.get, "/api/evalsets/bad").status == 404)
  }
}
