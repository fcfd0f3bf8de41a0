public import Foundation
public import Yams

/// A file of keys and values in YAML; whatever is wrong with it is said with path and line.
public struct YAMLFile {
  /// The file.
  public let path: String
  /// Its keys and values, each with its place; nil where the file says nothing.
  public let mapping: Node.Mapping?

  /// Reads a file; throws ``WorkspaceError/configuration(path:line:reason:)``.
  public init(at url: URL) throws(WorkspaceError) {
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw .configuration(
        path: url.path,
        line: nil,
        reason: "the file cannot be read as UTF-8 text"
      )
    }
    try self.init(text: text, path: url.path)
  }

  /// Reads a file's text; throws ``WorkspaceError/configuration(path:line:reason:)``.
  init(text: String, path: String) throws(WorkspaceError) {
    self.path = path
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw Self.refusal(of: error, path: path)
    }
    guard let node, node.null == nil else {
      mapping = nil
      return
    }
    guard let mapping = node.mapping else {
      throw .configuration(
        path: path,
        line: node.mark?.line,
        reason: "must be a mapping of keys to values"
      )
    }
    self.mapping = mapping
  }

  /// What the YAML library says, with the line where it says one.
  private static func refusal(of error: any Error, path: String) -> WorkspaceError {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _),
      YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      .configuration(path: path, line: mark.line, reason: "is no YAML: \(problem)")
    case YamlError.duplicatedKeysInMapping(let keys, _):
      .configuration(
        path: path,
        line: nil,
        reason: "sets more than once: \(keys.sorted().joined(separator: ", "))"
      )
    default: .configuration(path: path, line: nil, reason: "is no YAML: \(error)")
    }
  }
}
