import Datasets
import Foundations
import Persistence
import Testing
import Traces
import Workspace

struct DatasetLibraryTests {
  let scene: Scene
  var library: DatasetLibrary { scene.workspace.datasets }

  init() throws {
    scene = try Scene()
  }

  @Test func `freezing the same content again is a no-op`() throws {
    let first = try scene.freeze()

    let recipe = DatasetRecipe(
      name: "sums",
      version: "v1",
      split: SplitRecipe(testCount: 20, seed: 42)
    )
    let second = try library.build(recipe)

    #expect(!second.isNew)
    #expect(second.dataset.buildID == first.buildID)
    #expect(try library.count() == 1)
  }

  @Test func `a frozen key refuses other content`() throws {
    let frozen = try scene.freeze()
    try scene.workspace.traces.importTraces([Scene.trace(77)])
    let recipe = DatasetRecipe(
      name: "sums",
      version: "v1",
      split: SplitRecipe(testCount: 20, seed: 42)
    )

    let error = #expect(throws: WorkspaceError.self) { try library.build(recipe) }

    guard case .datasetDiffers(let key, let stored, let offered) = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(key == "sums-v1" && stored == frozen.contentHash && offered != stored)
  }

  @Test func `the same imports give the same content hash in another workspace`() throws {
    let here = try scene.freeze()

    let there = try Scene().freeze()

    #expect(here.contentHash == there.contentHash)
  }

  @Test func `the sides hold different problems`() throws {
    try scene.freeze()

    let test = try library.traces(of: "sums-v1", in: .test)
    let train = try library.traces(of: "sums-v1", in: .train)

    #expect(test.count == 20 && train.count == 20)
    #expect(Set(test.map(\.id)).isDisjoint(with: train.map(\.id)))
  }

  @Test func `verification names the one trace that was changed`() throws {
    let dataset = try scene.freeze()
    #expect(try library.verify("sums-v1").isIntact)
    let victim = dataset.items[3].traceID
    try scene.database.execute(unchecked: "DROP TRIGGER \"trace refuses UPDATE\"")
    try scene.database.execute(
      unchecked: """
        UPDATE trace SET payload = json_set(payload, '$.final_answer', '999')
        WHERE id = '\(victim)'
        """
    )

    let verification = try library.verify("sums-v1")

    #expect(verification.findings.count == 1)
    #expect(verification.findings.first?.contains(victim.text) == true)
    #expect(throws: DatasetError.self) { try library.traces(of: "sums-v1") }
  }

  @Test func `verification names a trace that is gone`() throws {
    let dataset = try scene.freeze()
    let victim = dataset.items[0].traceID
    try scene.database.execute(
      unchecked: """
        DROP TRIGGER "datasetItem refuses DELETE"; DELETE FROM datasetItem;
        DELETE FROM trace WHERE id = '\(victim)'
        """
    )

    let findings = try library.verify("sums-v1").findings

    #expect(findings == [DatasetError.traceMissing(id: victim.text).description])
  }

  @Test func `an unknown key is named`() throws {
    #expect(throws: WorkspaceError.self) { try library.show("absent-v1") }
  }
}
