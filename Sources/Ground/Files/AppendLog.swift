public import Foundation
public import Foundations

/// A file of JSON lines that grows at its end, such as `metrics.jsonl`.
///
/// Every line is written with one call and is in the system's hands when `append` returns: a
/// killed process loses none. It cannot be copied, because it owns the open file.
public struct AppendLog: ~Copyable {
  private let path: String
  private let descriptor: Int32

  /// Opens the file at its end, or creates it.
  ///
  /// If a crash left a last line without its line feed, the part of a line stays, ended by a line
  /// feed, so that the next line is whole.
  public init(_ url: URL) throws(FileError) {
    descriptor = try Self.open(url.path)
    path = url.path
  }

  deinit {
    SystemCalls.closeFile(descriptor)
  }

  /// Adds one line.
  public mutating func append(_ value: JSONValue) throws(FileError) {
    let line = Array((value.compact + "\n").utf8)
    try SystemCalls.write(line.span, to: descriptor, path: path)
  }

  /// Forces all lines to the disk, so that they outlive a power cut too.
  public mutating func synchronise() throws(FileError) {
    try SystemCalls.synchronise(descriptor, path: path)
  }

  private static func open(_ path: String) throws(FileError) -> Int32 {
    let descriptor = try SystemCalls.openForAppending(path)
    do {
      if try SystemCalls.lastByte(descriptor, path: path).map({ $0 != 0x0A }) ?? false {
        try SystemCalls.write([0x0A].span, to: descriptor, path: path)
      }
      return descriptor
    } catch {
      SystemCalls.closeFile(descriptor)
      throw error
    }
  }
}
