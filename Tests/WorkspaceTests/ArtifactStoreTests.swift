import Files
import Foundation
import Foundations
import Testing
import Workspace

struct ArtifactStoreTests {
  let scene: Scene
  var store: ArtifactStore { scene.workspace.artifacts }

  init() throws {
    scene = try Scene()
  }

  @Test func `bytes are found under their own hash`() throws {
    let hash = try store.store(Array("hello".utf8))

    #expect(hash == ContentHash(ofText: "hello"))
    #expect(try store.bytes(of: hash) == Array("hello".utf8))
    #expect(store.location(of: hash).path.hasSuffix("sha256/2c/\(hash)"))
    try store.verify(hash)
  }

  @Test func `the same folder is stored once`() throws {
    let source = try folder(content: "weights")

    let first = try store.store(folder: source)
    let second = try store.store(folder: source)

    #expect(first.hash == second.hash)
    #expect(first.sizeBytes == 9)
    #expect(first.hash == ContentHash(ofText: "a/one.txt" + "weights" + "two.txt" + "22"))
    try store.verify(first.hash)
  }

  @Test func `damaged bytes are named`() throws {
    let stored = try store.store(folder: try folder(content: "weights"))
    let file = store.location(of: stored.hash).appending(path: "a/one.txt")
    try AtomicFile.write(text: "Weights", to: file)

    #expect(throws: WorkspaceError.self) { try store.verify(stored.hash) }
    #expect(throws: WorkspaceError.self) {
      try store.store(folder: scene.folder.appending(path: "source"))
    }
  }

  @Test func `a missing artifact is named`() throws {
    let hash = ContentHash(ofText: "absent")

    #expect(
      throws: WorkspaceError.damagedArtifact(
        expected: hash,
        found: nil,
        path: store.location(of: hash).path
      )
    ) {
      try store.verify(hash)
    }
  }

  private func folder(content: String) throws -> URL {
    let source = scene.folder.appending(path: "source")
    try FileManager.default.createDirectory(
      at: source.appending(path: "a"),
      withIntermediateDirectories: true
    )
    try AtomicFile.write(text: content, to: source.appending(path: "a/one.txt"))
    try AtomicFile.write(text: "22", to: source.appending(path: "two.txt"))
    return source
  }
}
