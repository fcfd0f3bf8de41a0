public import Foundation
public import Foundations

/// Hashes of files and folders.
public enum FileHash {
  private static let bufferBytes = 1 << 20

  /// The sha256 of a file's bytes, read in pieces.
  public static func sha256(of url: URL) throws(FileError) -> ContentHash {
    var hasher = ContentHasher()
    _ = try update(&hasher, with: url)
    return hasher.finish()
  }

  /// The hash and size of a folder, by the registry's rule.
  ///
  /// sha256 over all files in the order of their relative paths: the path's UTF-8 bytes, then the
  /// content, without a delimiter. Empty folders do not count; links are refused. The size is the
  /// sum of the files' bytes.
  public static func ofFolder(_ url: URL) throws(FileError) -> (hash: ContentHash, sizeBytes: Int) {
    var hasher = ContentHasher()
    var size = 0
    for path in try FolderListing.paths(in: url) {
      hasher.update(Array(path.utf8))
      size += try update(&hasher, with: url.appending(path: path))
    }
    return (hasher.finish(), size)
  }

  private static func update(
    _ hasher: inout ContentHasher,
    with url: URL
  ) throws(FileError) -> Int {
    let descriptor = try SystemCalls.openForReading(url.path)
    defer { SystemCalls.closeFile(descriptor) }
    var buffer = [UInt8](repeating: 0, count: bufferBytes)
    var size = 0
    while true {
      let count = try SystemCalls.read(descriptor, into: &buffer, path: url.path)
      if count == 0 { return size }
      hasher.update(buffer[..<count])
      size += count
    }
  }
}
