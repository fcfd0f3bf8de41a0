public import Foundation
public import Foundations

/// A folder of its own for a test, removed when the last reference goes.
public final class ScratchFolder: Sendable {
  /// Where it is.
  public let url: URL

  /// Makes an empty folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory
      .appending(path: "tunix-rt-test-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// A place inside; nothing has to be there.
  public func file(_ name: String) -> URL { url.appending(path: name) }

  /// Writes a text file, making its folder.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> URL {
    let url = file(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(text.utf8).write(to: url)
    return url
  }

  /// Writes one JSON value a line.
  @discardableResult
  public func write(lines: [JSONValue], to name: String) throws -> URL {
    try write(lines.map { $0.compact + "\n" }.joined(), to: name)
  }

  /// Reads a file as JSON.
  public func json(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: Array(try Data(contentsOf: file(name))))
  }

  /// Reads a file of one JSON value a line.
  public func lines(_ name: String) throws -> [JSONValue] {
    let text = String(decoding: try Data(contentsOf: file(name)), as: UTF8.self)
    return try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
  }

  /// The names of a folder's files, sorted; empty where there is no folder.
  public func names(_ folder: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: file(folder).path)
    return (names ?? []).sorted()
  }
}
