import Files
import Foundation
import TestSupport
import Testing

struct FileLockTests {
  @Test func `one holder has the lock, and the next gets it when the first is gone`() throws {
    let folder = try ScratchFolder()
    let file = folder.file(".lock")
    var first = try FileLock(at: file)

    let second = try FileLock(at: file)
    #expect(first != nil && second == nil)
    first = nil

    #expect(try FileLock(at: file) != nil)
  }

  @Test func `a place that cannot be written is an error and no free lock`() throws {
    let folder = try ScratchFolder()

    #expect(throws: FileError.self) { try FileLock(at: folder.file("nowhere/.lock")) }
  }
}
