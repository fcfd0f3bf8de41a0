import Datasets
import Foundations
import HTTPTypes
import Testing
import Traces
import Workspace

/// The one shape of every refusal.
enum DatasetProblems {
  static func expect(
    _ answer: Answer,
    _ status: Int,
    _ code: String,
    _ pointers: [String] = [],
    at place: SourceLocation = #_sourceLocation
  ) throws {
    #expect(answer.status == status, "\(answer.text)", sourceLocation: place)
    #expect(answer.headers[.contentType] == "application/problem+json", sourceLocation: place)
    #expect(answer.code == code, sourceLocation: place)
    #expect(answer.json["status"]?.int == status, sourceLocation: place)
    #expect(answer.json["type"]?.string == "/docs#\(code)", sourceLocation: place)
    #expect(answer.json["detail"]?.string?.isEmpty == false, sourceLocation: place)
    #expect(answer.json["title"]?.string?.isEmpty == false, sourceLocation: place)
    #expect(answer.json["request_id"]?.string?.isEmpty == false, sourceLocation: place)
    #expect(answer.pointers == pointers, sourceLocation: place)
  }
}

/// What the API refuses of datasets and evaluation sets, and how it says so.
struct DatasetProblemsTests {
  let api: APIHarness

  /// A hundred traces, frozen as `gold-v1`, and `part-v1`, which holds twenty of them.
  init() throws {
    api = try APIHarness()
    try api.workspace.traces.importGenerator(.goldenV2)
    let datasets = api.workspace.datasets
    try datasets.build(DatasetRecipe(name: "gold", version: "v1", filters: ["golden": "v2"]))
    try datasets.build(DatasetRecipe(name: "part", version: "v1", limit: 20))
  }

  private func post(_ path: String, _ members: JSONValue) async throws -> Answer {
    var json: JSONValue = ["dataset_name": "new", "dataset_version": "v1"]
    for member in members.object ?? [] { json = json.setting(member.key, to: member.value) }
    return try await api.send(.post, "/api/datasets" + path, json: json)
  }

  @Test(
    arguments: [
      ("/build", ["dataset_name": ""], "/dataset_name"),
      ("/build", ["dataset_name": ".hidden"], "/dataset_name"),
      ("/build", ["dataset_version": 1], "/dataset_version"),
      ("/build", ["selection_strategy": "merge"], "/selection_strategy"),
      ("/build", ["selection_strategy": "best"], "/selection_strategy"),
      ("/build", ["selection_strategy": "stratified"], "/seed"),
      ("/build", ["filters": ["golden"]], "/filters"), ("/build", ["seed": -1], "/seed"),
      ("/build", ["seed": 1.5], "/seed"), ("/build", ["test_count": 0], "/test_count"),
      ("/build", ["refuse": ["rhymes"]], "/refuse/0"),
      ("/build", ["test_fraction": 2], "/test_fraction"),
      ("/merge", ["dataset_keys": ["gold-v1"]], "/dataset_keys"),
      ("/merge", [:], "/dataset_keys"),
      ("/merge", ["dataset_keys": ["gold-v1", 5]], "/dataset_keys/1"),
      ("/gold-v1/extend", ["parent_dataset_id": "x"], "/parent_dataset_id"),
    ] as [(String, JSONValue, String)]
  )
  func `a field that is not valid is pointed at`(
    path: String,
    members: JSONValue,
    pointer: String
  ) async throws {
    try DatasetProblems.expect(
      try await post(path, members),
      422,
      "invalid_request",
      [pointer]
    )
  }

  @Test func `several wrong fields are told at once`() async throws {
    let answer = try await post("/build", ["limit": 0, "seed": "x", "more": 1])

    try DatasetProblems.expect(
      answer,
      422,
      "invalid_request",
      answer.pointers
    )
    #expect(Set(answer.pointers) == ["/limit", "/seed", "/more"])
  }

  @Test func `what cannot be built says why and leaves nothing`() async throws {
    let large = try await post("/build", ["limit": 5, "test_count": 90])
    let nothingNew = try await post("/gold-v1/extend", ["filters": ["golden": "v2"]])
    let unknown = try await post("/merge", ["dataset_keys": ["gold-v1", "none"]])
    let noParent = try await post("/none/extend", [:])

    try DatasetProblems.expect(large, 422, "invalid_request", large.pointers)
    try DatasetProblems.expect(nothingNew, 422, "invalid_request", nothingNew.pointers)
    try DatasetProblems.expect(unknown, 404, "not_found")
    #expect(unknown.json["detail"]?.string?.contains("none") == true)
    try DatasetProblems.expect(noParent, 404, "not_found")
    #expect(try api.workspace.datasets.count() == 2)
  }

  @Test func `a key that holds other content is a conflict for every way to freeze`() async throws {
    let build = try await post("/build", ["dataset_name": "part", "limit": 21])
    let merge = try await post(
      "/merge",
      ["dataset_name": "part", "dataset_keys": ["gold-v1", "part-v1"]]
    )
    _ = try await api.send(.post, "/api/generators/dev-reasoning-v2")
    let extend = try await post("/gold-v1/extend", ["dataset_name": "part", "limit": 1])

    for answer in [build, merge, extend] {
      try DatasetProblems.expect(answer, 409, "conflict")
      #expect(answer.json["detail"]?.string?.contains("part-v1") == true, "\(answer.text)")
    }
    #expect(try api.workspace.datasets.show("part-v1").traceCount == 20)
  }

  @Test func `a build that refuses duplicates is refused, and stored without that`() async throws {
    for number in 0..<2 {
      var trace = APIHarness.trace(7, meta: ["twin": JSONValue(number)])
      trace = trace.setting(
        "prompt",
        to: .string(
          "A train leaves the town at noon and drives ninety miles an hour for seven hours; how "
            + "far does it go before the evening comes and the station closes for the night?"
        )
      )
      #expect(try await api.send(.post, "/api/traces", json: trace).status == 201)
    }

    let refused = try await post("/build", ["refuse": ["duplicates", "contamination"]])
    let built = try await post("/build", [:])

    try DatasetProblems.expect(refused, 409, "conflict")
    #expect(refused.json["detail"]?.string?.contains("duplicates") == true)
    #expect(built.status == 201)
    let found = built.json["checks"]?.array?.first { $0["check"] == "duplicates" }
    #expect(found?["finding_count"]?.int ?? 0 > 0)
  }

  @Test(
    arguments: [
      ("/api/datasets?limit=0", "query/limit"), ("/api/datasets?cursor=nonsense", "query/cursor"),
      ("/api/datasets?trace_id=5", "query/trace_id"),
      ("/api/datasets/gold-v1/export.jsonl?format=parquet", "query/format"),
      ("/api/datasets/gold-v1/export.csv?split=both", "query/split"),
      ("/api/datasets/gold-v1/diff", "query/to"),
      ("/api/datasets/gold-v1/export.jsonl?reasoning_style=loud", "query/reasoning_style"),
      ("/api/datasets/gold-v1?surprise=1", "query/surprise"),
    ]
  )
  func `a parameter that is not valid is pointed at`(path: String, pointer: String) async throws {
    try DatasetProblems.expect(
      try await api.send(.get, path),
      422,
      "invalid_request",
      [pointer]
    )
  }

  @Test(
    arguments: [
      "/api/datasets/none", "/api/datasets/none/checks", "/api/datasets/none/lineage",
      "/api/datasets/none/diff?to=gold-v1", "/api/datasets/gold-v1/diff?to=none",
      "/api/datasets/none/export.csv", "/api/evalsets/none", "/api/evalsets/none/export.jsonl",
      "/api/evalsets/none/contamination",
    ]
  )
  func `what is not there has the shape of a problem`(path: String) async throws {
    try DatasetProblems.expect(try await api.send(.get, path), 404, "not_found")
  }
}

/// Evaluation sets over HTTP, compared with the library's.
struct EvaluationSetAnswersTests {
  let api: APIHarness
  private let lines = ["Content-Type": "application/x-ndjson"]

  init() throws {
    api = try APIHarness()
  }

  private static let questions = """
    {"id":"a","prompt":"How many red apples are left after Tom eats three of nine?","expected_answer":"6"}
    {"id":"b","prompt":"What is one hundred and eleven plus two hundred and twelve?","expected_answer":"323"}

    """

  @Test func `sets are shown and leave as the library has them`() async throws {
    let library = api.workspace.evaluationSets
    for name in ["eval_v1", "eval_v2"] {
      let set = try library.show(name)

      let shown = try await api.send(.get, "/api/evalsets/\(name)")
      let export = try await api.send(.get, "/api/evalsets/\(name)/export.jsonl")

      #expect(shown.json["items"] == .array(set.items.map(\.json)))
      #expect(shown.json["content_hash"]?.string == set.contentHash.hex)
      #expect(shown.headers[.eTag] == "\"\(set.contentHash.hex)\"")
      #expect(export.text == JSONLines.text(set.items.map(\.json)))
      #expect(JSONLines.lines(of: export.bytes).count == (name == "eval_v1" ? 25 : 100))
    }
  }

  @Test func `a name keeps its questions`() async throws {
    let first = try await api.send(.post, "/api/evalsets/mine", Self.questions, headers: lines)
    let again = try await api.send(.post, "/api/evalsets/mine", Self.questions, headers: lines)
    let other = try await api.send(
      .post,
      "/api/evalsets/mine",
      Self.questions.replacing("\"323\"", with: "\"324\""),
      headers: lines
    )
    let taken = try await api.send(.post, "/api/evalsets/eval_v1", Self.questions, headers: lines)
    let few = try await api.send(
      .post,
      "/api/evalsets/few?min_items=3",
      Self.questions,
      headers: lines
    )
    let name = try await api.send(.post, "/api/evalsets/a%20b", Self.questions, headers: lines)

    #expect(first.status == 201 && again.status == 200)
    #expect(first.headers[.location] == "/api/evalsets/mine")
    #expect(first.json["item_count"] == 2 && first.json == again.json)
    try DatasetProblems.expect(other, 409, "conflict")
    try DatasetProblems.expect(taken, 409, "conflict")
    try DatasetProblems.expect(few, 422, "invalid_request", few.pointers)
    try DatasetProblems.expect(name, 422, "invalid_request", name.pointers)
    #expect(try api.workspace.evaluationSets.show("mine").items.count == 2)
  }

  @Test func `training on a question is found in every dataset`() async throws {
    _ = try await api.send(.post, "/api/evalsets/mine", Self.questions, headers: lines)
    let trace = APIHarness.trace(1).setting(
      "prompt",
      to: "How many red apples are left after Tom eats three of nine? Think."
    )
    _ = try await api.send(.post, "/api/traces", json: trace)
    _ = try await api.send(.post, "/api/traces", json: APIHarness.trace(2))
    let built = try await api.send(
      .post,
      "/api/datasets/build",
      json: ["dataset_name": "d", "dataset_version": "1"]
    )
    let refused = try await api.send(
      .post,
      "/api/datasets/build",
      json: ["dataset_name": "d", "dataset_version": "2", "refuse": ["contamination"]]
    )

    let found = try await api.send(.get, "/api/evalsets/mine/contamination")

    let expected = try api.workspace.evaluationSets.contamination(of: "mine")
    #expect(found.json["datasets"] == .array(expected.map(\.json)))
    #expect(found.json["datasets"]?[0]?["dataset_key"] == "d-1")
    #expect(found.json["datasets"]?[0]?["findings"]?[0]?["other"] == "mine/a")
    let check = built.json["checks"]?.array?.first { $0["check"] == "contamination" }
    #expect(check?["finding_count"] == 1)
    try DatasetProblems.expect(refused, 409, "conflict")
  }
}
