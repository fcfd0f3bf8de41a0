import Foundation

/// One Swift file of this checkout, named by its path from the root.
struct SwiftFile: Sendable {
  let path: String
  let source: SourceText

  init(path: String, text: String) {
    self.path = path
    source = SourceText(text)
  }

  /// `Domain` for `Sources/Domain/Traces/Trace.swift`; empty outside `Sources`.
  var group: String { part(1) }

  /// `Traces` for `Sources/Domain/Traces/Trace.swift`; empty outside `Sources`.
  var room: String { part(2) }

  private func part(_ index: Int) -> String {
    let parts = path.split(separator: "/")
    return parts.first == "Sources" && parts.count > index + 1 ? String(parts[index]) : ""
  }
}

/// A rule broken at one place.
struct Offence: Equatable, CustomStringConvertible {
  var path: String
  var line: Int
  var sentence: String

  var description: String { "\(path):\(line): \(sentence)" }
}

/// The files that the rules are about.
enum Checkout {
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let sources = swiftFiles(under: "Sources")
  static let tests = swiftFiles(under: "Tests")

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The folders `Sources/<Group>/<Room>`, as pairs.
  static func rooms() throws -> [(group: String, room: String)] {
    try folders("Sources").flatMap { group in
      try folders("Sources/\(group)").map { (group, $0) }
    }
  }

  private static func folders(_ path: String) throws -> [String] {
    let folder = root.appending(path: path)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter {
      let values = try folder.appending(path: $0).resourceValues(forKeys: [.isDirectoryKey])
      return values.isDirectory == true && !$0.hasPrefix(".")
    }
  }

  private static func swiftFiles(under folder: String) -> [SwiftFile] {
    let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
    let paths = (names?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }
    return paths.sorted().compactMap { path in
      (try? text("\(folder)/\(path)")).map { SwiftFile(path: "\(folder)/\(path)", text: $0) }
    }
  }
}
