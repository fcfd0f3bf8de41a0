import Files
import Foundation
import Foundations
import Synchronization

/// A file that is being received under a temporary name beside its destination.
///
/// Only a file with exactly the expected size and hash ever takes the destination's name; `discard`
/// removes whatever is left of any other.
final class IncomingFile: Sendable {
  private struct State {
    var handle: FileHandle?
    var hasher = ContentHasher()
    var receivedBytes: Int = 0
  }

  private static let prefix = ".incoming-"

  private let entry: CatalogueEntry
  private let destination: URL
  private let temporary: URL
  private let progress: @Sendable (PullProgress) -> Void
  private let state: Mutex<State>

  init(
    _ entry: CatalogueEntry,
    in folder: URL,
    progress: @escaping @Sendable (PullProgress) -> Void
  ) throws {
    self.entry = entry
    self.progress = progress
    destination = folder.appending(path: entry.fileName)
    temporary = folder.appending(path: Self.prefix + UUID().uuidString)
    guard FileManager.default.createFile(atPath: temporary.path, contents: nil) else {
      throw FileError.notWritable(path: temporary.path, reason: "the file cannot be created")
    }
    let handle = try FileHandle(forWritingTo: temporary)
    state = Mutex(State(handle: handle))
  }

  /// Removes what killed processes left behind: unfinished files that nobody wrote since a time.
  static func removeAbandoned(in folder: URL, before time: Date) {
    let files = try? FileManager.default.contentsOfDirectory(
      at: folder,
      includingPropertiesForKeys: [.contentModificationDateKey]
    )
    for file in files ?? [] where isUnfinished(file.lastPathComponent) {
      let values = try? file.resourceValues(forKeys: [.contentModificationDateKey])
      guard let written = values?.contentModificationDate, written < time else { continue }
      try? FileManager.default.removeItem(at: file)
    }
  }

  private static func isUnfinished(_ name: String) -> Bool {
    name.hasPrefix(prefix) || name.hasPrefix(".") && name.hasSuffix(".tmp")
  }

  /// Appends bytes; refuses the first byte beyond the expected size.
  func append(_ bytes: Data) throws {
    let received = try state.withLock { state in
      guard state.receivedBytes + Int(bytes.count) <= entry.sizeBytes else {
        throw WorkspaceError.wrongSize(
          name: entry.name,
          expected: entry.sizeBytes,
          found: state.receivedBytes + Int(bytes.count)
        )
      }
      try write(bytes, to: state.handle)
      state.hasher.update(bytes)
      state.receivedBytes += Int(bytes.count)
      return state.receivedBytes
    }
    progress(.received(bytes: received, of: entry.sizeBytes))
  }

  /// Forgets the bytes that arrived, to begin again from another source.
  func restart() throws {
    try state.withLock { state in
      try state.handle?.truncate(atOffset: 0)
      state.hasher = ContentHasher()
      state.receivedBytes = 0
    }
  }

  /// Throws unless exactly the expected bytes have arrived.
  func check() throws {
    try state.withLock { state in
      guard state.receivedBytes == entry.sizeBytes else {
        throw WorkspaceError.wrongSize(
          name: entry.name,
          expected: entry.sizeBytes,
          found: state.receivedBytes
        )
      }
      let hash = state.hasher.finish()
      guard hash == entry.sha256 else {
        throw WorkspaceError.wrongHash(name: entry.name, expected: entry.sha256, found: hash)
      }
    }
  }

  /// Gives the checked file its name.
  func commit() throws {
    try check()
    try state.withLock { state in
      try state.handle?.synchronize()
      try state.handle?.close()
      state.handle = nil
    }
    if FileManager.default.fileExists(atPath: destination.path) {
      try FileManager.default.removeItem(at: destination)
    }
    try FileManager.default.moveItem(at: temporary, to: destination)
  }

  /// Removes what is left of an unfinished file; after `commit` there is nothing to remove.
  func discard() {
    state.withLock { state in
      try? state.handle?.close()
      state.handle = nil
    }
    try? FileManager.default.removeItem(at: temporary)
  }

  private func write(_ bytes: Data, to handle: FileHandle?) throws {
    do {
      try handle?.write(contentsOf: bytes)
    } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
      throw FileError.diskFull(path: temporary.path)
    } catch {
      throw FileError.notWritable(path: temporary.path, reason: error.localizedDescription)
    }
  }
}
