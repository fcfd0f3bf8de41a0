public import Foundation

/// Writes a folder so that it is there whole or not at all.
public enum AtomicFolder {
  /// Calls `body` with a new folder of a temporary name, which then takes the name of `url`.
  ///
  /// If `body` throws, or if there is something at `url` already, nothing is left behind. All
  /// files in the folder are forced to the disk before it gets its name.
  public static func writing<Result>(
    to url: URL,
    _ body: (URL) throws -> Result
  ) throws -> Result {
    guard FileKind(at: url) == .missing else { throw FileError.exists(path: url.path) }
    let parent = url.deletingLastPathComponent()
    let temporary = parent.appending(path: TemporaryName.beside(url.lastPathComponent))
    do {
      try FileManager.default.createDirectory(
        at: temporary,
        withIntermediateDirectories: false
      )
    } catch {
      throw FileError(cocoa: error, writing: temporary.path)
    }
    do {
      let result = try body(temporary)
      try synchronise(temporary)
      try SystemCalls.move(temporary.path, to: url.path)
      try SystemCalls.synchroniseFolder(parent.path)
      return result
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw error
    }
  }

  private static func synchronise(_ folder: URL) throws(FileError) {
    for path in try FolderListing.paths(in: folder) {
      let file = folder.appending(path: path).path
      let descriptor = try SystemCalls.openForReading(file)
      defer { SystemCalls.closeFile(descriptor) }
      try SystemCalls.synchronise(descriptor, path: file)
    }
    try SystemCalls.synchroniseFolder(folder.path)
  }
}

extension FileError {
  /// What Foundation's error about writing `path` means.
  init(cocoa error: any Error, writing path: String) {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let underlying, underlying.domain == NSPOSIXErrorDomain {
      self.init(errno: Int32(underlying.code), writing: path)
    } else {
      self = .notWritable(path: path, reason: error.localizedDescription)
    }
  }
}

/// The files of a folder and of the folders in it.
enum FolderListing {
  /// Relative paths of all regular files, sorted by their UTF-8 bytes.
  ///
  /// A symbolic link is refused: what it points to may be outside the folder.
  static func paths(in folder: URL) throws(FileError) -> [String] {
    guard FileKind(at: folder) == .folder else {
      throw FileKind(at: folder) == .missing
        ? .missing(path: folder.path)
        : .unreadable(path: folder.path, reason: "it is not a folder")
    }
    guard let all = try? FileManager.default.subpathsOfDirectory(atPath: folder.path) else {
      throw .unreadable(path: folder.path, reason: "its files cannot be listed")
    }
    var paths: [String] = []
    for path in all {
      let url = folder.appending(path: path)
      let type = try? FileManager.default.attributesOfItem(atPath: url.path)[.type]
      switch type as? FileAttributeType {
      case .typeRegular?: paths.append(path)
      case .typeDirectory?: break
      default:
        throw .unreadable(path: url.path, reason: "it is neither a regular file nor a folder")
      }
    }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
