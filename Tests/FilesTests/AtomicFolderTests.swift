import Files
import Foundation
import Testing

struct AtomicFolderTests {
  @Test func `a folder appears with all its files`() throws {
    let folder = try TemporaryFolder()

    try AtomicFolder.writing(to: folder.file("run")) { place in
      try AtomicFile.write(text: "x", to: place.appending(path: "a"))
      let inner = place.appending(path: "adapter")
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
      try AtomicFile.write(text: "y", to: inner.appending(path: "b"))
      #expect(FileKind(at: folder.file("run")) == .missing)
    }

    #expect(try folder.names() == ["run"])
    let inner = folder.file("run").appending(path: "adapter").appending(path: "b")
    #expect(try String(contentsOf: inner, encoding: .utf8) == "y")
  }

  @Test func `a body that throws leaves nothing`() throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()

    #expect(throws: Stop.self) {
      try AtomicFolder.writing(to: folder.file("run")) { place in
        try AtomicFile.write(text: "x", to: place.appending(path: "a"))
        throw Stop()
      }
    }

    #expect(try folder.names().isEmpty)
  }

  @Test func `an existing folder is not overwritten`() throws {
    let folder = try TemporaryFolder()
    try AtomicFolder.writing(to: folder.file("run")) { _ in }

    #expect(throws: FileError.exists(path: folder.file("run").path)) {
      try AtomicFolder.writing(to: folder.file("run")) { _ in }
    }
  }
}
