import Datasets
import Foundation
import Foundations
import HTTPAPI
import HTTPTypes
import Persistence
import Rendering
import Synchronization
import TestSupport
import Testing
import Traces
import Workspace

/// What the API says of datasets, compared with what the library says.
struct DatasetAnswersTests {
  let api: APIHarness
  var library: DatasetLibrary { api.workspace.datasets }

  /// A hundred traces of golden-v2, frozen as `gold-v1` with ten test items.
  init() throws {
    api = try APIHarness()
    try api.workspace.traces.importGenerator(.goldenV2)
    try api.workspace.datasets.build(
      DatasetRecipe(
        name: "gold",
        version: "v1",
        filters: ["golden": "v2"],
        split: SplitRecipe(testCount: 10, seed: 3)
      )
    )
  }

  private func recipe(_ version: String, _ members: JSONValue = [:]) -> JSONValue {
    var json: JSONValue = ["dataset_name": "gold", "dataset_version": .string(version)]
    for member in members.object ?? [] { json = json.setting(member.key, to: member.value) }
    return json
  }

  @Test(arguments: ExportFormat.allCases, [nil, DatasetSplit.train, .test])
  func `an export is the library's, byte for byte`(
    format: ExportFormat,
    split: DatasetSplit?
  ) async throws {
    var stream = try library.export("gold-v1", as: format, in: split)
    var expected: [UInt8] = []
    while let piece = try stream.next() { expected += piece }
    var path = "/api/datasets/gold-v1/export."
    path += format.isJSONLines ? "jsonl?format=\(format.rawValue)" : "\(format.rawValue)?"
    if let split { path += "&split=\(split.rawValue)" }

    let answer = try await api.send(.get, path)

    #expect(answer.status == 200)
    #expect(answer.bytes == expected && !expected.isEmpty)
  }

  @Test(arguments: ReasoningStyle.allCases, [ExportFormat.messages, .promptCompletion])
  func `the way of writing a row can be chosen`(
    style: ReasoningStyle,
    format: ExportFormat
  ) async throws {
    for instruction in AnswerInstruction.allCases {
      let options = ExportOptions(
        style: style,
        instruction: instruction,
        system: "Be brief & true."
      )
      var stream = try library.export("gold-v1", as: format, in: .test, options: options)
      var expected: [UInt8] = []
      while let piece = try stream.next() { expected += piece }

      let answer = try await api.send(
        .get,
        "/api/datasets/gold-v1/export.jsonl?format=\(format.rawValue)&split=test"
          + "&reasoning_style=\(style.rawValue)&instruction=\(instruction.rawValue)"
          + "&system=Be%20brief%20%26%20true."
      )

      #expect(answer.bytes == expected && answer.status == 200, "\(instruction)")
    }
  }

  @Test(arguments: SelectionStrategy.allCases.filter { $0 != .merge })
  func `a build over HTTP takes what the library takes`(strategy: SelectionStrategy) async throws {
    let here = try library.build(
      DatasetRecipe(
        name: "gold",
        version: "here",
        filters: ["golden": "v2"],
        selection: strategy,
        limit: 30,
        seed: 8,
        split: SplitRecipe(testFraction: 0.2, seed: 8)
      )
    )

    let there = try await api.send(
      .post,
      "/api/datasets/build",
      json: recipe(
        "there",
        [
          "filters": ["golden": "v2"], "selection_strategy": .string(strategy.rawValue),
          "limit": 30, "seed": 8, "test_fraction": 0.2,
        ]
      )
    )

    #expect(there.status == 201, "\(there.text)")
    #expect(there.json["checks"] == .array(here.checks.map(\.json)))
    let manifest = try await api.send(.get, "/api/datasets/gold-there")
    #expect(manifest.json == (try library.show("gold-there").json))
    #expect(manifest.json["items"] == here.dataset.json["items"])
    #expect(manifest.json["stats"] == here.dataset.json["stats"])
    #expect(manifest.json["split"] == here.dataset.json["split"])
    #expect(there.json["content_hash"]?.string == (try library.show("gold-there").contentHash.hex))
  }

  @Test func `pages of datasets follow one another by cursor and by offset`() async throws {
    for version in 2...7 {
      try library.build(
        DatasetRecipe(name: version > 5 ? "other" : "gold", version: "v\(version)", limit: version)
      )
    }
    let all = try library.page(limit: 100).datasets.map(\.json)
    var path: String? = "/api/datasets?limit=3"
    var found: [JSONValue] = []
    var pages = 0
    while let next = path, pages < 9 {
      let answer = try await api.send(.get, next)
      found += answer.json["data"]?.array ?? []
      pages += 1
      let cursor = answer.json["pagination"]?["next_cursor"]?.string
      path = cursor.map { "/api/datasets?limit=3&cursor=\($0.replacing("=", with: "%3D"))" }
      let link = HTTPField.Name("Link").flatMap { answer.headers[$0] }
      #expect((link != nil) == (cursor != nil))
    }

    let offset = try await api.send(.get, "/api/datasets?limit=3&offset=3")
    let named = try await api.send(.get, "/api/datasets?name=other")

    #expect(pages == 3 && all.count == 7)
    #expect(found == all)
    #expect(offset.json["data"]?.array == Array(all[3..<6]))
    #expect(offset.json["pagination"]?["next_offset"] == 6)
    #expect(
      named.json["data"]?.array?.compactMap { $0["dataset_key"] } == ["other-v7", "other-v6"]
    )
    let trace = try #require(try library.show("gold-v2").traceIDs.first)
    let holding = try await api.send(.get, "/api/datasets?trace_id=\(trace)")
    let expected = try library.page(holding: trace, limit: 100).datasets.map(\.json)
    #expect(holding.json["data"]?.array == expected && expected.count > 2)
  }

  @Test func `a manifest is tagged with its content's hash`() async throws {
    let hash = try library.show("gold-v1").contentHash.hex

    let shown = try await api.send(.get, "/api/datasets/gold-v1")
    let tag = try #require(shown.headers[.eTag])
    let again = try await api.send(.get, "/api/datasets/gold-v1", headers: ["If-None-Match": tag])

    #expect(tag == "\"\(hash)\"")
    #expect(shown.json == (try library.show("gold-v1").json))
    #expect(again.status == 304 && again.bytes.isEmpty)
  }

  @Test func `versions are merged, compared and traced as the library does it`() async throws {
    try library.build(DatasetRecipe(name: "gold", version: "v2", limit: 60))
    let both: JSONValue = ["dataset_keys": ["gold-v1", "gold-v2"]]

    let merged = try await api.send(.post, "/api/datasets/merge", json: recipe("all", both))
    let again = try await api.send(.post, "/api/datasets/merge", json: recipe("all", both))
    let diff = try await api.send(.get, "/api/datasets/gold-v2/diff?to=gold-all")
    let lineage = try await api.send(.get, "/api/datasets/gold-all/lineage")
    let back = try await api.send(.get, "/api/datasets/gold-v1/lineage")
    let checks = try await api.send(.get, "/api/datasets/gold-all/checks")

    #expect(merged.status == 201 && again.status == 200, "\(merged.text)")
    #expect(merged.headers[.location] == "/api/datasets/gold-all")
    #expect(merged.json["created"] == true && again.json["created"] == false)
    #expect(diff.json == (try library.diff(from: "gold-v2", to: "gold-all").json))
    #expect(diff.json["rows"]?.array?.isEmpty == false)
    #expect(lineage.json == (try library.lineage(of: "gold-all").json))
    #expect(lineage.json["ancestors"]?.array?.count == 2)
    #expect(back.json["descendants"]?[0]?["dataset_key"] == "gold-all")
    #expect(checks.json["checks"] == .array(try library.checks(of: "gold-all").map(\.json)))
    #expect(checks.json["checks"]?.array?.count == 2)
  }

  @Test func `a dataset whose trace was changed says which trace`() async throws {
    let victim = try library.show("gold-v1").traceIDs[4]
    let before = try await api.send(.get, "/api/datasets/gold-v1/export.jsonl?format=messages")
    let store = try DatabaseStore(at: api.folder.file("tunix-rt.sqlite"))
    try store.execute(unchecked: "DROP TRIGGER \"trace refuses UPDATE\"")
    try store.execute(
      unchecked: """
        UPDATE trace SET payload = json_set(payload, '$.final_answer', '999')
        WHERE id = '\(victim)'
        """
    )

    let check = try await api.send(.post, "/api/datasets/gold-v1/verify")
    let export = try await api.send(.get, "/api/datasets/gold-v1/export.jsonl")
    let after = try await api.send(.get, "/api/datasets/gold-v1/export.jsonl?format=messages")

    // What was checked and written once is still what was frozen.
    #expect(before.status == 200 && after.bytes == before.bytes)
    #expect(check.status == 200 && check.json["is_intact"] == false)
    #expect(check.json == (try library.verify("gold-v1").json))
    #expect(check.json["findings"]?[0]?.string?.contains(victim.text) == true)
    try DatasetProblems.expect(export, 409, "conflict")
    #expect(export.json["detail"]?.string?.contains(victim.text) == true)
  }

  @Test func `a trace that a dataset holds is not deleted, and the datasets are named`()
    async throws
  {
    let victim = try library.show("gold-v1").traceIDs[0]
    let path = "/api/traces/\(victim)"
    let tag = try #require(try await api.send(.get, path).headers[.eTag])

    let refused = try await api.send(.delete, path, headers: ["If-Match": tag])

    try DatasetProblems.expect(refused, 409, "conflict")
    #expect(refused.json["detail"]?.string?.contains("gold-v1") == true)
  }

  @Test func `a preview's question reaches the engine, and its answer the client`() async throws {
    let asked = Mutex<[PreviewRequest]>([])
    let answer: JSONValue = ["tokens": [["id": 5, "token": "5"]], "counts": ["tokens": 1]]
    let api = try APIHarness { request in
      asked.withLock { $0.append(request) }
      guard request.model == "m" else {
        throw WorkspaceError.unknown(noun: "model", name: request.model, hint: "")
      }
      return answer
    }
    let path = "/api/datasets/gold-v1/preview"

    let plain = try await api.send(.get, path + "?model=m")
    let full = try await api.send(.get, path + "?model=m&index=7&split=test&max_length=12")
    let unknown = try await api.send(.get, path + "?model=n")
    let missing = try await api.send(.get, path)

    #expect(plain.status == 200 && plain.json == answer && full.json == answer)
    #expect(
      asked.withLock { $0.prefix(2) } == [
        PreviewRequest(datasetKey: "gold-v1", model: "m", index: 0),
        PreviewRequest(
          datasetKey: "gold-v1",
          model: "m",
          index: 7,
          split: .test,
          maximumLength: 12
        ),
      ]
    )
    try DatasetProblems.expect(unknown, 404, "not_found")
    try DatasetProblems.expect(missing, 422, "invalid_request", ["query/model"])
  }
}
