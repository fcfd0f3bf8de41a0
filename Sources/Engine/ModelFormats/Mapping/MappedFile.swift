import Files
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file whose bytes are mapped into memory, read only.
///
/// A class, because the mapping is a resource with one owner; it ends when the last user lets go.
/// The bytes are immutable for the life of the object, so sharing it between threads is safe.
/// A file that somebody shortens while it is mapped ends the process: replace model files by
/// renaming, never by writing into them.
@safe final class MappedFile: Sendable {
  /// Where the file lies.
  let url: URL
  /// How many bytes it has.
  let count: Int

  /// The first byte; nil for an empty file.
  ///
  /// Sharing it is safe: the memory is never written, and unmapped only in `deinit`.
  private nonisolated(unsafe) let base: UnsafeRawPointer?

  /// The path, for error texts.
  var path: String { url.path }

  init(_ url: URL) throws(FormatError) {
    self.url = url
    let descriptor = unsafe open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(FileError(errno: errno, reading: url.path)) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .file(FileError(errno: errno, reading: url.path))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .file(.unreadable(path: url.path, reason: "it is not a regular file"))
    }
    count = Int(status.st_size)
    if count == 0 {
      unsafe base = nil
      return
    }
    guard let start = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      unsafe start != MAP_FAILED
    else { throw .file(FileError(errno: errno, reading: url.path)) }
    unsafe base = UnsafeRawPointer(start)
  }

  deinit {
    if let start = unsafe base {
      unsafe munmap(UnsafeMutableRawPointer(mutating: start), count)
    }
  }

  /// Calls `body` with the bytes of `range`, which must lie inside the file.
  func withBytes<Result, Failure: Error>(
    _ range: Range<Int>,
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count,
      "a range outside the mapped file"
    )
    let part = unsafe UnsafeRawBufferPointer(start: base, count: count)[range]
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: part).bindMemory(to: UInt8.self)
    return try body(unsafe Span(_unsafeElements: bytes))
  }

  /// Copies the bytes of `range`, which must lie inside the file, into `destination` from `offset` on.
  func copyBytes(_ range: Range<Int>, into destination: inout MutableSpan<UInt8>, at offset: Int) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count
        && offset >= 0 && offset <= destination.count - range.count,
      "a range outside the mapped file or the destination"
    )
    guard !range.isEmpty, let start = unsafe base else { return }
    unsafe destination.withUnsafeMutableBytes { bytes in
      unsafe bytes.baseAddress?.advanced(by: offset)
        .copyMemory(from: start + range.lowerBound, byteCount: range.count)
    }
  }
}
