import Datasets
import Foundation
import Foundations
import Testing
import Traces

struct DatasetBuilderTests {
  private static let moment = Date(timeIntervalSince1970: 1_700_000_000)

  private func stored(_ traces: [Trace]) -> [StoredTrace] {
    traces.map { trace in
      StoredTrace(
        id: Identifier(derivedFrom: trace.contentHash),
        createdAt: Self.moment,
        trace: trace
      )
    }
  }

  private func freeze(
    _ recipe: DatasetRecipe,
    _ selected: [StoredTrace]
  ) throws -> DatasetManifest {
    try DatasetBuilder.freeze(
      recipe,
      selected: selected.map(DatasetCandidate.init),
      createdAt: Self.moment,
      buildID: .random()
    )
  }

  private func trace(_ prompt: String, _ category: String = "a", key: String? = nil) -> Trace {
    var meta: JSONValue = ["category": .string(category)]
    if let key { meta = meta.setting("group_key", to: .string(key)) }
    return Trace(
      prompt: prompt,
      finalAnswer: "1",
      steps: [TraceStep(i: 0, type: "t", content: "c")],
      meta: meta
    )
  }

  @Test func `the same recipe and traces give the same hash, whenever they are frozen`() throws {
    let selected = stored(TraceGenerator.goldenV2.traces())
    let recipe = DatasetRecipe(
      name: "a b",
      version: "1/2",
      selection: .random,
      limit: 60,
      seed: 7,
      split: SplitRecipe(testCount: 20, seed: 7)
    )

    let one = try freeze(recipe, selected)
    let other = try DatasetBuilder.freeze(
      recipe,
      selected: selected.map(DatasetCandidate.init),
      createdAt: Self.moment.addingTimeInterval(86_400),
      buildID: .random()
    )

    #expect(one.contentHash == other.contentHash)
    #expect(one.buildID != other.buildID)
    #expect(one.datasetKey == "a_b-1_2")
    var changed = recipe
    changed.seed = 8
    #expect(try freeze(changed, selected).contentHash != one.contentHash)
  }

  @Test func `a manifest reads back from its file`() throws {
    let recipe = DatasetRecipe(
      name: "demo",
      version: "v1",
      filters: ["golden": "v2"],
      selection: .stratified,
      limit: 80,
      seed: UInt64.max,
      split: SplitRecipe(testFraction: 0.25, seed: 3),
      parentDatasetID: "demo-v0",
      sessionID: "s",
      trainingRunID: "r",
      provenance: ["who": "a test", "source": "elsewhere"]
    )
    let manifest = try freeze(recipe, stored(TraceGenerator.goldenV2.traces()))

    let again = try DatasetManifest(json: JSONValue(parsing: manifest.json.pretty))

    #expect(again == manifest)
    #expect(try DatasetManifest(json: JSONValue(parsing: manifest.text)) == manifest)
    #expect(manifest.provenance["source"] == "elsewhere")
    #expect(manifest.json["trace_ids"]?.array?.count == manifest.traceCount)
    #expect(manifest.json["provenance"]?["build_timestamp"] == "2023-11-14T22:13:20.000Z")
    #expect(manifest.items.allSatisfy { $0.category == "golden_v2" })
  }

  @Test func `the content hash is that of the canonical content`() throws {
    let odd = trace("p", "a \"quoted\"\u{7} \\ é", key: "key\n\"'\u{1F}é")
    let manifest = try freeze(DatasetRecipe(name: "d é", version: "1"), stored([odd, trace("q")]))

    let outside: Set = ["build_id", "created_at", "content_hash"]
    let members = (manifest.json.object ?? []).filter { !outside.contains($0.key) }.map { member in
      guard member.key == "provenance" else { return member }
      let facts = (member.value.object ?? []).filter { $0.key != "build_timestamp" }
      return JSONValue.Member(key: member.key, value: .object(facts))
    }
    #expect(ContentHash(ofCanonical: .object(members)) == manifest.contentHash)
  }

  @Test func `a manifest whose content was changed is refused`() throws {
    let manifest = try freeze(
      DatasetRecipe(name: "d", version: "1"),
      stored(TraceGenerator.goldenV1.traces())
    )
    let forged = manifest.json.setting("dataset_name", to: "e")

    #expect {
      try DatasetManifest(json: forged)
    } throws: { error in
      guard case .hashMismatch(let expected, _) = error as? DatasetError else { return false }
      return expected == manifest.contentHash.hex
    }
    #expect(throws: DatasetError.self) { try DatasetManifest(json: [1]) }
  }

  @Test func `what cannot be trusted is refused`() {
    let some = stored(TraceGenerator.goldenV1.traces())
    let name = DatasetRecipe(name: "", version: "1")
    let draw = DatasetRecipe(name: "d", version: "1", selection: .random)
    let limit = DatasetRecipe(name: "d", version: "1", limit: 0)
    let test = DatasetRecipe(name: "d", version: "1", split: SplitRecipe(testCount: 5, seed: 1))
    let part = DatasetRecipe(name: "d", version: "1", split: SplitRecipe(testFraction: 1, seed: 1))

    #expect(throws: DatasetError.self) { try freeze(name, some) }
    #expect(throws: DatasetError.seedMissing(strategy: "random")) { try freeze(draw, some) }
    let merge = DatasetRecipe(name: "d", version: "1", selection: .merge)
    #expect(throws: DatasetError.strategyReserved(strategy: "merge")) { try freeze(merge, some) }
    #expect(throws: DatasetError.limitOutOfBounds(found: 0, maximum: 10_000)) {
      try freeze(limit, some)
    }
    #expect(throws: DatasetError.testTooLarge(asked: 5, available: 4)) { try freeze(test, some) }
    #expect(throws: DatasetError.invalidTestSize(found: "1.0")) { try freeze(part, some) }
    #expect(throws: DatasetError.nothingMatches(filters: "{}")) {
      try freeze(DatasetRecipe(name: "d", version: "1"), [])
    }
  }

  @Test func `a group stands on one side and gives one test item`() throws {
    let traces = (0..<40).map { trace("wording \($0)", key: "problem \($0 / 4)") }
    let recipe = DatasetRecipe(
      name: "d",
      version: "1",
      split: SplitRecipe(testCount: 4, seed: 5)
    )

    let manifest = try freeze(recipe, stored(traces))

    #expect(manifest.items(in: .test).count == 4)
    #expect(manifest.items(in: .train).count == 24)
    #expect(manifest.split?.droppedTestRepeats == 12)
    let train = Set(manifest.items(in: .train).map(\.groupKey))
    #expect(train.isDisjoint(with: manifest.items(in: .test).map(\.groupKey)))
  }

  @Test func `the same content enters train once`() throws {
    let traces = [trace("p"), trace("p"), trace("q"), trace("r")]
    let candidates = traces.map { StoredTrace(id: .random(), createdAt: Self.moment, trace: $0) }
    let recipe = DatasetRecipe(name: "d", version: "1", split: SplitRecipe(testCount: 1, seed: 2))

    let manifest = try freeze(recipe, candidates)

    let hashes = manifest.items(in: .train).map(\.contentHash)
    #expect(Set(hashes).count == hashes.count)
    let summary = try #require(manifest.split)
    #expect(summary.droppedTestRepeats + summary.droppedTrainDuplicates == 1)
  }

  @Test func `a group keeps its side when other problems join`() throws {
    let few = (0..<40).map { trace("p\($0)") }
    let many = few + (40..<50).map { trace("p\($0)") }
    let recipe = DatasetRecipe(
      name: "d",
      version: "1",
      split: SplitRecipe(testCount: 10, seed: 2)
    )

    let before = Set(try freeze(recipe, stored(few)).items(in: .test).map(\.groupKey))
    let after = Set(try freeze(recipe, stored(many)).items(in: .test).map(\.groupKey))

    #expect(before.intersection(after).count >= 6)
  }
}

struct GroupKeyTests {
  private func key(_ prompt: String, meta: JSONValue? = nil) -> String {
    GroupKey.of(Trace(prompt: prompt, finalAnswer: "x", steps: [], meta: meta))
  }

  @Test func `a trace's own key counts`() {
    #expect(key("p", meta: ["group_key": "add:1,2"]) == "add:1,2")
    #expect(key("p", meta: ["group_key": ""]) == "prompt:p")
  }

  @Test func `case, spacing and punctuation do not make another problem`() {
    #expect(key("What  is\n2 + 2?") == key("what is 2+2"))
    #expect(key("What is 2 + 3?") != key("What is 2 + 2?"))
  }

  @Test func `long and wordless prompts have keys of bounded length`() {
    let long = String(repeating: "word ", count: 500)

    #expect(key(long).hasPrefix("prompt-sha256:"))
    #expect(key(long) != key(long + "more"))
    #expect(key("?!") != key("!?"))
  }

  @Test func `rephrasings share a key across generators`() {
    let traces = TraceGenerator.allCases.flatMap { $0.traces() }
    let groups = Dictionary(grouping: traces, by: GroupKey.of)
    let shared = groups.filter { Set($0.value.compactMap { $0.meta?["generator"] }).count > 1 }

    #expect(shared.keys.allSatisfy { $0.hasPrefix("add:") || $0.hasPrefix("repeat:") })
    #expect(groups.values.allSatisfy { Set($0.map { $0.finalAnswer.lowercased() }).count == 1 })
  }
}
