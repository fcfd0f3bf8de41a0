#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What can go wrong with a file or folder.
public enum FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is nothing at the path.
  case missing(path: String)
  /// The file is there, but reading fails.
  case unreadable(path: String, reason: String)
  /// The file cannot be created or written.
  case notWritable(path: String, reason: String)
  /// The disk, or the user's share of it, is full.
  case diskFull(path: String)
  /// Something is there that must not be overwritten.
  case exists(path: String)
  /// A line of a text file is longer than allowed.
  case lineTooLong(path: String, line: Int, limitBytes: Int)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .missing(let path): "\(path) does not exist"
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .notWritable(let path, let reason): "cannot write \(path): \(reason)"
    case .diskFull(let path): "the disk is full: cannot write \(path)"
    case .exists(let path): "\(path) exists already"
    case .lineTooLong(let path, let line, let limitBytes):
      "\(path), line \(line), is longer than \(limitBytes) bytes"
    }
  }

  /// The error of a system call that read `path`.
  public init(errno code: Int32, reading path: String) {
    switch code {
    case ENOENT, ENOTDIR: self = .missing(path: path)
    default: self = .unreadable(path: path, reason: SystemCalls.text(of: code))
    }
  }

  /// The error of a system call that wrote `path`.
  public init(errno code: Int32, writing path: String) {
    switch code {
    case ENOSPC, EDQUOT: self = .diskFull(path: path)
    case EEXIST, ENOTEMPTY: self = .exists(path: path)
    default: self = .notWritable(path: path, reason: SystemCalls.text(of: code))
    }
  }
}
