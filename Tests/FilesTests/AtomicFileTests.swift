import Files
import Foundation
import Foundations
import Testing

struct AtomicFileTests {
  @Test func `a written file has the bytes, and nothing else is left in its folder`() throws {
    let folder = try TemporaryFolder()

    try AtomicFile.write([1, 2, 3], to: folder.file("a"))

    #expect(try Array(Data(contentsOf: folder.file("a"))) == [1, 2, 3])
    #expect(try folder.names() == ["a"])
  }

  @Test func `writing again replaces the file`() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(text: "old and longer", to: folder.file("a"))

    try AtomicFile.write(text: "new", to: folder.file("a"))

    #expect(try String(contentsOf: folder.file("a"), encoding: .utf8) == "new")
    #expect(try folder.names() == ["a"])
  }

  @Test func `pieces of any size arrive in order`() throws {
    let folder = try TemporaryFolder()
    let pieces = [1, 70_000, 3, 65_536, 65_535, 0, 5].map { size in
      (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) }
    }

    let count = try AtomicFile.writing(to: folder.file("a")) { writer in
      for piece in pieces { try writer.write(piece) }
      try writer.write(text: "é")
      return writer.byteCount
    }

    let expected = pieces.flatMap { $0 } + Array("é".utf8)
    #expect(count == expected.count)
    #expect(try Array(Data(contentsOf: folder.file("a"))) == expected)
  }

  @Test func `a body that throws leaves the old file and no temporary`() throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    try AtomicFile.write(text: "old", to: folder.file("a"))

    #expect(throws: Stop.self) {
      try AtomicFile.writing(to: folder.file("a")) { writer in
        try writer.write(text: "half of the new")
        throw Stop()
      }
    }

    #expect(try String(contentsOf: folder.file("a"), encoding: .utf8) == "old")
    #expect(try folder.names() == ["a"])
  }

  @Test func `a missing folder is named`() throws {
    let folder = try TemporaryFolder()
    let target = folder.file("none").appending(path: "a")

    let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: target) }

    #expect(error?.description.contains(target.deletingLastPathComponent().path) == true)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func `a full disk is named`() throws {
    var log = try AppendLog(URL(filePath: "/dev/full"))

    #expect(throws: FileError.diskFull(path: "/dev/full")) { try log.append(["a": 1]) }
  }
}
