import Datasets
import Foundations
import Testing
import Traces
import Workspace

/// Versions of datasets in a workspace: extension, merge, lineage, pages, checks.
struct DatasetVersionsTests {
  let scene: Scene
  var library: DatasetLibrary { scene.workspace.datasets }

  init() throws {
    scene = try Scene()
    try scene.freeze()
  }

  private func extended() throws -> DatasetManifest {
    try scene.workspace.traces.importTraces((40..<60).map(Scene.trace))
    return try library.extend("sums-v1", by: DatasetRecipe(name: "sums", version: "v2")).dataset
  }

  @Test func `the next version holds the one before and what is new`() throws {
    let before = try library.show("sums-v1")

    let after = try extended()

    #expect(after.traceCount == 60)
    #expect(after.items.prefix(40) == before.items[...])
    #expect(after.parentDatasetID == "sums-v1")
    let diff = try library.diff(from: "sums-v1", to: "sums-v2")
    #expect(diff.count(.added) == 20 && diff.rows.count == 20 && diff.keptCount == 40)
    #expect(try library.verify("sums-v2").isIntact)
  }

  @Test func `extending again with nothing new is told`() throws {
    _ = try extended()

    #expect(throws: DatasetError.nothingNew(parent: "sums-v2")) {
      try library.extend("sums-v2", by: DatasetRecipe(name: "sums", version: "v3"))
    }
  }

  @Test func `a merge of overlapping datasets keeps tested problems out of train`() throws {
    try scene.workspace.traces.importTraces((30..<60).map(Scene.trace))
    try library.build(
      DatasetRecipe(
        name: "other",
        version: "v1",
        limit: 50,
        split: SplitRecipe(testCount: 10, seed: 9)
      )
    )

    let all = try library.merge(
      ["sums-v1", "other-v1"],
      into: DatasetRecipe(name: "all", version: "v1")
    ).dataset

    let test = Set(all.items(in: .test).map(\.groupKey))
    #expect(test.isDisjoint(with: all.items(in: .train).map(\.groupKey)))
    for key in ["sums-v1", "other-v1"] {
      #expect(try library.show(key).items(in: .test).allSatisfy { test.contains($0.groupKey) })
    }
    #expect(try library.verify("all-v1").isIntact)
  }

  @Test func `an archived trace stays in what is frozen and in what that becomes`() throws {
    let before = try library.show("sums-v1")
    let hidden = before.items[7].traceID
    _ = try scene.workspace.traces.archive(hidden.text)
    try scene.workspace.traces.importTraces((40..<60).map(Scene.trace))
    _ = try scene.workspace.traces.archive(PreparedTrace(Scene.trace(40)).id.text)

    let anew = try library.build(DatasetRecipe(name: "anew", version: "v1")).dataset
    let next = try library.extend("sums-v1", by: DatasetRecipe(name: "sums", version: "v2"))
      .dataset
    let all = try library.merge(
      ["sums-v1", "anew-v1"],
      into: DatasetRecipe(name: "all", version: "v1")
    ).dataset

    #expect(anew.traceCount == 58 && !anew.traceIDs.contains(hidden))
    #expect(next.items.prefix(40) == before.items[...])
    #expect(next.traceCount == 59)
    #expect(all.traceIDs.contains(hidden))
    for key in ["sums-v1", "sums-v2", "all-v1"] { #expect(try library.verify(key).isIntact) }
  }

  @Test func `lineage leads to the ends in both directions`() throws {
    _ = try extended()
    try library.build(DatasetRecipe(name: "x", version: "v1", parentDatasetID: "gone-v0"))
    try library.merge(["sums-v2", "x-v1"], into: DatasetRecipe(name: "all", version: "v1"))

    let up = try library.lineage(of: "all-v1")
    let down = try library.lineage(of: "sums-v1")

    #expect(up.ancestors.map(\.datasetKey) == ["sums-v2", "x-v1", "sums-v1", "gone-v0"])
    #expect(up.ancestors.map(\.distance) == [1, 1, 2, 2])
    #expect(down.descendants.map(\.datasetKey) == ["sums-v2", "all-v1"])
    #expect(down.ancestors.isEmpty && up.descendants.isEmpty)
  }

  @Test func `a trace knows the datasets that hold it`() throws {
    let dataset = try extended()
    let item = dataset.items[3]

    let holdings = try library.holdings(of: item.traceID)

    #expect(holdings.map(\.datasetKey) == ["sums-v2", "sums-v1"])
    #expect(holdings.allSatisfy { $0.position == 3 && $0.split == item.split })
    let found = try library.page(holding: dataset.items[50].traceID)
    #expect(found.datasets.map(\.datasetKey) == ["sums-v2"])
    #expect(found.nextCursor == nil)
  }

  @Test func `pages follow each other while datasets are added`() throws {
    for version in 2...7 {
      try library.build(DatasetRecipe(name: "page", version: "v\(version)", limit: version))
    }

    let first = try library.page(name: "page", limit: 2)
    try library.build(DatasetRecipe(name: "page", version: "v8", limit: 3))
    let second = try library.page(name: "page", cursor: first.nextCursor, limit: 2)
    let third = try library.page(name: "page", cursor: second.nextCursor, limit: 2)

    let keys = (first.datasets + second.datasets + third.datasets).map(\.datasetKey)
    #expect(keys == ["page-v7", "page-v6", "page-v5", "page-v4", "page-v3", "page-v2"])
    #expect(third.nextCursor == nil)
    #expect(try library.count(name: "page") == 7)
    #expect(try library.summary(of: "page-v8").traceCount == 3)
    #expect(try library.page(name: "page", limit: 2, offset: 5).datasets.count == 2)
    #expect(throws: WorkspaceError.invalidCursor(text: "?")) { try library.page(cursor: "?") }
  }

  @Test func `a list shows what the manifest says`() throws {
    let dataset = try library.show("sums-v1")

    let summary = try #require(try library.list().first)

    #expect(summary == dataset.summary)
    #expect(summary.trainCount == 20 && summary.testCount == 20)
    #expect(summary.json["items"] == nil && summary.json["content_hash"] != nil)
  }

  @Test func `a question of an evaluation set in train is found, and can be refused`() throws {
    let item = EvaluationSet.evalV2.items[60]
    let leak = Trace(
      prompt: "Please answer: " + item.prompt.uppercased(),
      finalAnswer: item.expectedAnswer,
      steps: [TraceStep(i: 0, type: "t", content: "c")]
    )
    try scene.workspace.traces.importTraces([leak])
    let recipe = DatasetRecipe(name: "leaky", version: "v1")

    #expect(throws: DatasetError.self) {
      try library.build(recipe, refusing: [.contamination])
    }
    #expect(throws: WorkspaceError.self) { try library.show("leaky-v1") }
    let build = try library.build(recipe, refusing: [.duplicates])

    let check = try #require(build.checks.first { $0.kind == .contamination })
    #expect(check.findings.contains { $0.other == "eval_v2/\(item.id)" })
    #expect(try library.checks(of: "leaky-v1") == build.checks)
    let found = try scene.workspace.evaluationSets.contamination(of: "eval_v2")
    #expect(found.filter { $0.check.findingCount > 0 }.map(\.datasetKey) == ["leaky-v1"])
  }

  @Test func `traces that say the same are found`() throws {
    let twin = Trace(
      prompt: "What is  3 + 1?",
      finalAnswer: "4",
      steps: [TraceStep(i: 0, type: "calculation", content: "3 + 1 = 4")],
      meta: ["group_key": "add:1,3"]
    )
    try scene.workspace.traces.importTraces([twin])

    #expect(throws: DatasetError.self) {
      try library.build(DatasetRecipe(name: "twins", version: "v1"), refusing: [.duplicates])
    }
    let build = try library.build(DatasetRecipe(name: "twins", version: "v1"))

    #expect(build.checks.first { $0.kind == .duplicates }?.findingCount == 1)
  }
}

struct EvaluationSetLibraryTests {
  let scene: Scene
  var library: EvaluationSetLibrary { scene.workspace.evaluationSets }

  init() throws {
    scene = try Scene()
  }

  private let line = #"{"id":"a","prompt":"What is 1 + 1?","expected_answer":"2","x":1.0}"#

  @Test func `the built-in sets are there from the beginning`() throws {
    #expect(try library.list().map(\.name) == ["eval_v1", "eval_v2"])
    #expect(try library.show("eval_v1") == .evalV1)
    #expect(throws: WorkspaceError.self) { try library.show("eval_v3") }
  }

  @Test func `a set is kept once and never changes under its name`() throws {
    let first = try library.importLines(Array(line.utf8), name: "mine")
    let again = try library.importLines(Array(line.utf8), name: "mine")

    #expect(first.isNew && !again.isNew && first.set == again.set)
    #expect(try library.show("mine").items.first?.json.compact == line)
    let other = line.replacing("1 + 1", with: "2 + 2")
    #expect(throws: WorkspaceError.self) {
      try library.importLines(Array(other.utf8), name: "mine")
    }
    #expect(throws: WorkspaceError.self) {
      try library.importLines(Array(line.utf8), name: "eval_v1")
    }
  }

  @Test func `an invalid set is not kept`() throws {
    let error = #expect(throws: WorkspaceError.self) {
      try library.importLines(Array((line + "\n" + line).utf8), name: "mine")
    }

    #expect("\(try #require(error))".contains("a: the id is used twice"))
    #expect(try library.list().count == 2)
  }
}
