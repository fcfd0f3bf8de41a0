public import Foundation

/// Writes a file so that it is there whole or not at all.
///
/// The bytes go to a temporary file in the same folder, are forced to the disk, and the temporary
/// takes the file's name in one step; then the folder is forced too. After a failure or a power
/// cut the old file, or none, is there, and the temporary is removed.
public enum AtomicFile {
  /// Writes all bytes of a file.
  public static func write(_ bytes: [UInt8], to url: URL) throws(FileError) {
    var writer = try FileWriter(replacing: url)
    try writer.write(bytes)
    try writer.commit()
  }

  /// Writes a text as UTF-8.
  public static func write(text: String, to url: URL) throws(FileError) {
    try write(Array(text.utf8), to: url)
  }

  /// Writes a file in pieces: `body` gets the open file, and its return makes the file visible.
  ///
  /// If `body` throws, nothing is left behind.
  public static func writing<Result>(
    to url: URL,
    _ body: (inout FileWriter) throws -> Result
  ) throws -> Result {
    var writer = try FileWriter(replacing: url)
    let result = try body(&writer)
    try writer.commit()
    return result
  }
}

/// A file that is being written under a temporary name.
///
/// It cannot be copied: its end removes the temporary unless `AtomicFile` has committed it.
public struct FileWriter: ~Copyable {
  private static let bufferBytes = 1 << 16

  /// How many bytes were written so far.
  public private(set) var byteCount = 0
  private let target: String
  private let temporary: String
  private let folder: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var isCommitted = false

  init(replacing url: URL) throws(FileError) {
    target = url.path
    let parent = url.deletingLastPathComponent()
    folder = parent.path.isEmpty ? "." : parent.path
    let name = TemporaryName.beside(url.lastPathComponent)
    temporary = parent.appending(path: name).path
    descriptor = try SystemCalls.create(temporary)
  }

  deinit {
    SystemCalls.closeFile(descriptor)
    if !isCommitted { SystemCalls.remove(temporary) }
  }

  /// Adds bytes.
  public mutating func write(_ bytes: [UInt8]) throws(FileError) {
    try write(bytes.span)
  }

  /// Adds a text as UTF-8.
  public mutating func write(text: String) throws(FileError) {
    try write(Array(text.utf8).span)
  }

  /// Adds bytes.
  public mutating func write(_ bytes: Span<UInt8>) throws(FileError) {
    byteCount += bytes.count
    if buffer.count + bytes.count > Self.bufferBytes { try flush() }
    if bytes.count >= Self.bufferBytes {
      try SystemCalls.write(bytes, to: descriptor, path: target)
    } else {
      for i in 0..<bytes.count { buffer.append(bytes[i]) }
    }
  }

  private mutating func flush() throws(FileError) {
    try SystemCalls.write(buffer.span, to: descriptor, path: target)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Forces everything to the disk and gives the file its name.
  mutating func commit() throws(FileError) {
    try flush()
    try SystemCalls.synchronise(descriptor, path: target)
    try SystemCalls.move(temporary, to: target)
    isCommitted = true
    try SystemCalls.synchroniseFolder(folder)
  }
}

/// Names for things that are not finished.
enum TemporaryName {
  /// A new hidden name beside `name`; `.tmp` at its end marks it for whoever cleans up.
  static func beside(_ name: String) -> String {
    ".\(name.prefix(100)).\(UUID().uuidString.lowercased()).tmp"
  }
}
