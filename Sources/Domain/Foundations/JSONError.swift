/// Why a text is not the JSON that was asked for.
public enum JSONError: Error, Hashable, CustomStringConvertible {
  /// The text breaks the grammar at a byte; line and column count from one, the column in bytes.
  case syntax(offset: Int, line: Int, column: Int, expected: String, found: String)
  /// Arrays and objects are nested deeper than `Limits.jsonDepth`.
  case tooDeep(offset: Int, line: Int, column: Int, limit: Int)
  /// A well-formed value has another shape than its reader needs.
  case shape(path: String, expected: String, found: String)

  /// One sentence that a person can act on.
  public var description: String {
    switch self {
    case .syntax(let offset, let line, let column, let expected, let found):
      "invalid JSON at byte \(offset) (line \(line), column \(column)): "
        + "expected \(expected), found \(found)"
    case .tooDeep(let offset, let line, let column, let limit):
      "JSON at byte \(offset) (line \(line), column \(column)) is nested deeper than \(limit)"
    case .shape(let path, let expected, let found):
      "JSON at \(path.isEmpty ? "the top" : path): expected \(expected), found \(found)"
    }
  }
}
