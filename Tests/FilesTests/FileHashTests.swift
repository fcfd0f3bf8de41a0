import Files
import Foundation
import Foundations
import Testing

struct FileHashTests {
  @Test func `a file's hash is that of its bytes`() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    try AtomicFile.write(bytes, to: folder.file("a"))
    try AtomicFile.write([], to: folder.file("empty"))

    #expect(try FileHash.sha256(of: folder.file("a")) == ContentHash(of: bytes))
    #expect(
      try FileHash.sha256(of: folder.file("empty")).hex
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
  }

  @Test func `a folder's hash runs over paths and contents in the order of paths`() throws {
    let folder = try TemporaryFolder()
    let inner = folder.file("b")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
    try FileManager.default.createDirectory(
      at: folder.file("empty"),
      withIntermediateDirectories: false
    )
    try AtomicFile.write(text: "2", to: inner.appending(path: "z"))
    try AtomicFile.write(text: "33", to: folder.file("c"))
    try AtomicFile.write(text: "1", to: folder.file("B"))

    let (hash, size) = try FileHash.ofFolder(folder.url)

    #expect(hash == ContentHash(ofText: "B1b/z2c33"))
    #expect(size == 4)
  }

  @Test func `a link in a folder is refused`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      at: folder.file("link"),
      withDestinationURL: URL(filePath: "/dev/null")
    )

    #expect(throws: FileError.self) { try FileHash.ofFolder(folder.url) }
  }

  @Test func `what is missing is named`() throws {
    let folder = try TemporaryFolder()
    let missing = folder.file("none")

    #expect(throws: FileError.missing(path: missing.path)) { try FileHash.sha256(of: missing) }
    #expect(throws: FileError.missing(path: missing.path)) { try FileHash.ofFolder(missing) }
    #expect(throws: FileError.self) { try FileHash.sha256(of: folder.url) }
  }
}
