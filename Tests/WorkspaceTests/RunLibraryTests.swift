import Experiments
import Foundation
import Foundations
import Testing
import Workspace

struct RunLibraryTests {
  let scene: Scene
  var library: RunLibrary { scene.workspace.runs }

  init() throws {
    scene = try Scene()
    try scene.freeze()
  }

  @Test func `a run is remembered from its specification to its items`() throws {
    let run = try library.create(try scene.specification())
    #expect(run.status.state == .pending)
    #expect(FileManager.default.fileExists(atPath: library.folder(of: run.id).path))
    let manifest = scene.manifest(of: run)
    try library.started(run.id, manifest: manifest)
    let items = try scene.items(rightCount: 7)

    try library.completed(run.id, items: items, metrics: ["strict_accuracy": 0.35])

    let stored = try library.show(String(run.id.text.prefix(8)))
    #expect(stored.status.state == .completed)
    #expect(stored.specification == run.specification)
    #expect(stored.durationSeconds == 1)
    #expect(stored.metrics == ["strict_accuracy": 0.35])
    #expect(try library.items(of: run.id) == items)
    #expect(try library.manifest(of: run.id) == manifest)
  }

  @Test func `runs that ended are counted by kind and end, with their seconds`() throws {
    for count in [7, 8] {
      let run = try library.create(try scene.specification())
      try library.started(run.id, manifest: scene.manifest(of: run))
      try library.completed(run.id, items: try scene.items(rightCount: count), metrics: [:])
    }
    let given = try library.create(try scene.specification(.loraSFT))
    _ = try library.requestCancel(given.id)
    _ = try library.create(try scene.specification())

    let tallies = try library.tallies()

    #expect(
      tallies == [
        RunTally(
          kind: .inference,
          state: .completed,
          count: 2,
          begunCount: 2,
          seconds: 2,
          withinBounds: Array(repeating: 2, count: 8)
        ),
        RunTally(
          kind: .loraSFT,
          state: .cancelled,
          count: 1,
          begunCount: 0,
          seconds: 0,
          withinBounds: Array(repeating: 0, count: 8)
        ),
      ]
    )
  }

  @Test func `a missing prediction is an error and nothing is stored`() throws {
    let run = try library.create(try scene.specification())
    try library.started(run.id, manifest: scene.manifest(of: run))
    let items = try scene.items(rightCount: 7)
    let missing = items[0].itemID

    #expect(throws: WorkspaceError.itemsDiffer(missing: [missing], foreign: [])) {
      try library.completed(run.id, items: Array(items.dropFirst()), metrics: [:])
    }

    #expect(try library.items(of: run.id).isEmpty)
    #expect(try library.show(run.id.text).status.state == .running)
  }

  @Test func `an item twice is an error`() throws {
    let run = try library.create(try scene.specification())
    try library.started(run.id, manifest: scene.manifest(of: run))
    let items = try scene.items(rightCount: 7)

    #expect(throws: WorkspaceError.self) {
      try library.completed(run.id, items: items + [items[0]], metrics: [:])
    }
  }

  @Test func `a pending run cannot complete and its error says so`() throws {
    let run = try library.create(try scene.specification())

    #expect(throws: ExperimentError.badTransition(from: .pending, event: "completed")) {
      try library.completed(run.id, items: try scene.items(rightCount: 1), metrics: [:])
    }
    #expect(try library.items(of: run.id).isEmpty)
  }

  @Test func `a failed run keeps its reason`() throws {
    let run = try library.create(try scene.specification())
    try library.started(run.id, manifest: scene.manifest(of: run))

    try library.failed(run.id, reason: "the disk is full")

    let stored = try library.show(run.id.text)
    #expect(stored.status == RunStatus(state: .failed, message: "the disk is full"))
    #expect(stored.completedAt != nil)
  }

  @Test func `a pending run is cancelled at once and a running one is interrupted`() throws {
    let pending = try library.create(try scene.specification())
    let running = try library.create(try scene.specification())
    try library.started(running.id, manifest: scene.manifest(of: running))

    #expect(try library.requestCancel(pending.id) == .forget)
    #expect(try library.requestCancel(running.id) == .interrupt)

    #expect(try library.show(pending.id.text).status.state == .cancelled)
    #expect(try library.show(running.id.text).status.state == .cancelRequested)
  }

  @Test func `lists are filtered and begin with the newest`() throws {
    let base = try scene.completedRun(rightCount: 3)
    let trained = try scene.completedRun(.loraSFT, rightCount: 12)

    #expect(try library.list().map(\.id) == [trained.id, base.id])
    #expect(try library.list(kind: .inference).map(\.id) == [base.id])
    #expect(try library.list(state: .failed).isEmpty)
  }

  @Test func `an unknown dataset is refused before anything is written`() throws {
    let empty = try Scene()

    #expect(throws: WorkspaceError.self) {
      try empty.workspace.runs.create(try scene.specification())
    }
    #expect(try empty.workspace.runs.count() == 0)
  }
}
