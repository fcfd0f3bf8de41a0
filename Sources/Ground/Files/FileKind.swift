public import Foundation

/// What lies at a path; a symbolic link counts as what it points to.
public enum FileKind: Hashable, Sendable {
  /// A regular file, or something else that is not a folder.
  case file
  /// A folder.
  case folder
  /// Nothing, or nothing that this user may see.
  case missing

  /// Looks at the path.
  public init(at url: URL) {
    self = SystemCalls.kind(url.path)
  }
}
