import Evaluation
import Experiments
import Foundation
import Foundations
import Testing
import Workspace

struct ComparisonLibraryTests {
  let scene: Scene
  var library: ComparisonLibrary { scene.workspace.comparisons }

  init() throws {
    scene = try Scene()
    try scene.freeze()
  }

  @Test func `two runs are compared item by item and reported`() throws {
    let base = try scene.completedRun(rightCount: 2)
    let trained = try scene.completedRun(.loraSFT, rightCount: 14)

    let outcome = try library.compare(base: base.id.text, trained: trained.id.text)

    let block = outcome.comparison.comparison.lenient
    #expect(block.fixed == 12 && block.broken == 0 && block.bothRight == 2 && block.bothWrong == 6)
    #expect(outcome.comparison.overlap == .none)
    let report = try String(contentsOf: outcome.reportFile, encoding: .utf8)
    #expect(report.contains("12"))
    let folder = scene.workspace.runs.folder(of: trained.id)
    let bytes = try Data(contentsOf: folder.appending(path: "comparison.json"))
    let document = try JSONValue(parsing: Array(bytes))
    #expect(try StoredComparison(json: document) == outcome.comparison)
    #expect(scene.workspace.artifacts.contains(ContentHash(of: bytes)))
  }

  @Test func `comparing again gives the stored comparison`() throws {
    let base = try scene.completedRun(rightCount: 2)
    let trained = try scene.completedRun(.loraSFT, rightCount: 14)
    let first = try library.compare(base: base.id.text, trained: trained.id.text)

    let second = try library.compare(base: base.id.text, trained: trained.id.text)

    #expect(second.comparison == first.comparison)
    #expect(try library.list(of: trained, as: .trained).count == 1)
    #expect(try library.list(of: trained, as: .base).isEmpty)
  }

  @Test func `what differs is named`() throws {
    let base = try scene.completedRun(rightCount: 2, judge: "v1")
    let trained = try scene.completedRun(.loraSFT, rightCount: 14, maxNewTokens: 50)

    let error = #expect(throws: WorkspaceError.self) {
      try library.compare(base: base.id.text, trained: trained.id.text)
    }

    #expect(
      error
        == .notComparable(reasons: [
          "the judge differs: answer_correctness@v1 and answer_correctness@v2",
          "the cap of new tokens differs: 96 and 50",
        ])
    )
  }

  @Test func `a run is not compared with itself`() throws {
    let run = try scene.completedRun(rightCount: 2)

    #expect(throws: WorkspaceError.notComparable(reasons: ["it is the same run"])) {
      try library.compare(base: run.id.text, trained: run.id.text)
    }
  }

  @Test func `swapped runs are refused`() throws {
    let base = try scene.completedRun(rightCount: 2)
    let trained = try scene.completedRun(.loraSFT, rightCount: 14)

    let error = #expect(throws: WorkspaceError.self) {
      try library.compare(base: trained.id.text, trained: base.id.text)
    }

    #expect(error?.description.contains("name the base run first") == true)
  }

  @Test func `training is compared with the very model that was trained`() throws {
    let base = try scene.completedRun(rightCount: 2, model: "other")
    let trained = try scene.completedRun(.loraSFT, rightCount: 14)

    let error = #expect(throws: WorkspaceError.self) {
      try library.compare(base: base.id.text, trained: trained.id.text)
    }

    #expect(error?.description.contains("the base model differs") == true)
  }

  @Test func `a run that is not completed is refused`() throws {
    let base = try scene.completedRun(rightCount: 2)
    let pending = try scene.workspace.runs.create(try scene.specification(.loraSFT))

    #expect(throws: WorkspaceError.self) {
      try library.compare(base: base.id.text, trained: pending.id.text)
    }
  }
}
