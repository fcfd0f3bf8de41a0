import Datasets
import Foundations
import Testing
import Traces
import Workspace

struct TraceLibraryTests {
  let scene: Scene
  var library: TraceLibrary { scene.workspace.traces }

  init() throws {
    scene = try Scene()
  }

  @Test func `a second import of the same traces creates nothing`() throws {
    let traces = (0..<3).map(Scene.trace)
    let first = try library.importTraces(traces)

    let second = try library.importTraces(traces + [Scene.trace(9)])

    #expect(first.createdCount == 3 && first.existingCount == 0)
    #expect(second.createdCount == 1 && second.existingCount == 3)
    #expect(Array(second.ids.prefix(3)) == first.ids)
    #expect(try library.count() == 4)
  }

  @Test func `a trace has the same name in every workspace`() throws {
    let here = try library.importTraces([Scene.trace(1)])

    let there = try Scene().workspace.traces.importTraces([Scene.trace(1)])

    #expect(here.ids == there.ids)
  }

  @Test func `a generator's traces are imported once`() throws {
    let first = try library.importGenerator(.goldenV2)

    let second = try library.importGenerator(.goldenV2)

    #expect(first.createdCount > 0)
    #expect(second.createdCount == 0)
  }

  @Test func `the beginning of a name is enough where it is unique`() throws {
    let ids = try library.importTraces((0..<30).map(Scene.trace)).ids

    let found = try library.show(String(ids[4].text.prefix(8)))

    #expect(found.trace == Scene.trace(4))
    #expect(throws: WorkspaceError.self) { try library.show("ab") }
    #expect(
      throws: WorkspaceError.unknown(noun: "trace", name: "ffffffffff", hint: nil)
    ) {
      try library.show("ffffffffff")
    }
  }
}
