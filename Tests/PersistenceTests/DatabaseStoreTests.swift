import Experiments
import Foundation
import Foundations
import Persistence
import Testing
import Traces

struct DatabaseStoreTests {
  @Test func `what one opening stores the next one finds`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "test.sqlite")
    try DatabaseStore(at: file).insert(traces: [Sample.trace(3)])

    let reopened = try DatabaseStore(at: file)

    #expect(try reopened.trace(Sample.trace(3).id) == Sample.trace(3))
  }

  @Test func `a file that is no database is refused with its path`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(repeating: 65, count: 4096).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }

    let error = #expect(throws: PersistenceError.self) { try DatabaseStore(at: file) }

    #expect(error?.description.contains(file.path) == true)
  }

  @Test func `a fetched model replaces one of the same name`() throws {
    let database = try DatabaseStore.inMemory()
    let first = model(source: "package")
    let second = model(source: "hub")
    try database.save(model: first)

    try database.save(model: second)

    #expect(try database.model(named: "tiny") == second)
    #expect(try database.models(limit: 10) == [second])
    #expect(try database.model(named: "other") == nil)
  }

  private func model(source: String) -> PulledModel {
    PulledModel(
      name: "tiny",
      createdAt: Sample.time,
      fileName: "tiny.gguf",
      sha256: ContentHash(ofText: source),
      sizeBytes: 12,
      licence: "MIT",
      source: source
    )
  }
}
