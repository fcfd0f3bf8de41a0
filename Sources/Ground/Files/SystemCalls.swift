#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The few calls of the operating system that Foundation has no name for.
///
/// The only file of the room that says `unsafe`: C functions take pointers.
enum SystemCalls {
  /// The system's text for an error number.
  static func text(of code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    return unsafe buffer.withUnsafeMutableBufferPointer { bytes in
      guard let start = bytes.baseAddress, unsafe strerror_r(code, start, bytes.count) == 0 else {
        return "error number \(code)"
      }
      return unsafe String(cString: start)
    }
  }

  /// What lies at `path`.
  static func kind(_ path: String) -> FileKind {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return .missing }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
  }

  /// Creates `path` for writing; fails if it exists.
  static func create(_ path: String) throws(FileError) -> Int32 {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(errno: errno, writing: path) }
    return descriptor
  }

  /// Opens `path` to write after its end; creates it if it is missing.
  static func openForAppending(_ path: String) throws(FileError) -> Int32 {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(errno: errno, writing: path) }
    return descriptor
  }

  /// Opens `path` for reading.
  static func openForReading(_ path: String) throws(FileError) -> Int32 {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(errno: errno, reading: path) }
    return descriptor
  }

  /// A second descriptor of an open file.
  static func duplicate(_ descriptor: Int32, path: String) throws(FileError) -> Int32 {
    let copy = dup(descriptor)
    guard copy >= 0 else { throw FileError(errno: errno, reading: path) }
    return copy
  }

  /// Writes all of `bytes`.
  static func write(
    _ bytes: Span<UInt8>,
    to descriptor: Int32,
    path: String
  ) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe posixWrite(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
      }
      if written > 0 {
        done += written
      } else if written == 0 || errno != EINTR {
        throw FileError(errno: written == 0 ? ENOSPC : errno, writing: path)
      }
    }
  }

  /// Reads into `buffer` and returns how many bytes came; 0 at the end.
  static func read(
    _ descriptor: Int32,
    into buffer: inout [UInt8],
    path: String
  ) throws(FileError) -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe posixRead(descriptor, bytes.baseAddress, bytes.count)
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw FileError(errno: errno, reading: path) }
    }
  }

  /// The last byte of an open file; nil if it is empty.
  static func lastByte(_ descriptor: Int32, path: String) throws(FileError) -> UInt8? {
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= 0 else { throw FileError(errno: errno, reading: path) }
    guard end > 0 else { return nil }
    var byte: [UInt8] = [0]
    guard lseek(descriptor, -1, SEEK_END) >= 0 else { throw FileError(errno: errno, reading: path) }
    return try read(descriptor, into: &byte, path: path) == 1 ? byte[0] : nil
  }

  /// Forces what was written to the disk.
  static func synchronise(_ descriptor: Int32, path: String) throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError(errno: errno, writing: path) }
  }

  /// Forces the names in a folder to the disk, so that a rename in it outlives a power cut.
  static func synchroniseFolder(_ path: String) throws(FileError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(errno: errno, writing: path) }
    defer { closeFile(descriptor) }
    try synchronise(descriptor, path: path)
  }

  /// Gives `source` the name `target`, replacing a file of that name in one step.
  static func move(_ source: String, to target: String) throws(FileError) {
    guard unsafe rename(source, target) == 0 else { throw FileError(errno: errno, writing: target) }
  }

  /// Removes a file; that it is missing already is no error.
  static func remove(_ path: String) {
    _ = unsafe unlink(path)
  }

  /// Locks an open file for this holder alone; false where another one has it.
  static func lock(_ descriptor: Int32) -> Bool {
    flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  /// Ends the use of a descriptor.
  static func closeFile(_ descriptor: Int32) {
    _ = close(descriptor)
  }
}

private func posixWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  #if canImport(Glibc)
  unsafe Glibc.write(descriptor, bytes, count)
  #else
  unsafe Darwin.write(descriptor, bytes, count)
  #endif
}

private func posixRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int
{
  #if canImport(Glibc)
  unsafe Glibc.read(descriptor, bytes, count)
  #else
  unsafe Darwin.read(descriptor, bytes, count)
  #endif
}
