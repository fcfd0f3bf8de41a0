public import Foundation
import Yams

/// A configuration file: settings by dotted key, each with the line it stands on.
///
/// ```yaml
/// serve:
///   port: 9000
/// trace:
///   import:
///     skip_invalid: true
/// ```
public struct SettingsFile: Hashable, Sendable {
  /// One setting of the file.
  public struct Entry: Hashable, Sendable {
    /// The key with all its parents: `serve.port`.
    public let key: String
    /// The value as text; several where the file has a list.
    public let values: [String]
    /// The line, from one.
    public let line: Int
  }

  /// The file.
  public let path: String
  /// The settings, in the file's order.
  public let entries: [Entry]

  /// Reads a file; nil where there is none.
  public init?(at url: URL) throws {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    try self.init(YAMLFile(at: url))
  }

  init(text: String, path: String) throws {
    try self.init(YAMLFile(text: text, path: path))
  }

  private init(_ file: YAMLFile) throws {
    path = file.path
    entries =
      try file.mapping.map {
        try Self.entries(of: $0, below: "", path: file.path)
      } ?? []
  }

  /// Where configuration files are looked for; a later one wins over an earlier one.
  ///
  /// `TUNIX_RT_CONFIG` names the only one; otherwise that of the person
  /// (`$XDG_CONFIG_HOME/tunix-rt/config.yaml`) and that of the workspace (`config.yaml`).
  public static func locations(
    environment: [String: String],
    workspace: URL
  ) -> [URL] {
    if let named = environment["TUNIX_RT_CONFIG"], !named.isEmpty { return [URL(filePath: named)] }
    let home = FileManager.default.homeDirectoryForCurrentUser
    let shown = environment["XDG_CONFIG_HOME"] ?? ""
    let folder = shown.isEmpty ? home.appending(path: ".config") : URL(filePath: shown)
    return [
      folder.appending(path: "tunix-rt/config.yaml"), workspace.appending(path: "config.yaml"),
    ]
  }
}

extension SettingsFile {
  private static func entries(
    of mapping: Node.Mapping,
    below prefix: String,
    path: String
  ) throws -> [Entry] {
    try mapping.flatMap { key, value -> [Entry] in
      guard let name = key.string, !name.isEmpty else {
        throw WorkspaceError.configuration(
          path: path,
          line: key.mark?.line,
          reason: "a key must be a text"
        )
      }
      let full = prefix + name
      if let inner = value.mapping {
        return try entries(of: inner, below: full + ".", path: path)
      }
      let nodes = value.sequence.map { Array($0) } ?? [value]
      let values = try nodes.map { node in
        guard let scalar = node.scalar else {
          throw WorkspaceError.configuration(
            path: path,
            line: node.mark?.line,
            reason: "\(full) must be one value, or a list of values"
          )
        }
        return scalar.string
      }
      return [Entry(key: full, values: values, line: key.mark?.line ?? 0)]
    }
  }
}
