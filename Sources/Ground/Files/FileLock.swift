public import Foundation

/// A lock that one holder has, of all processes on this machine.
///
/// The system lets go of it when the holder ends, however it ends, so a killed process leaves none.
public final class FileLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock on a file, which is made if it is missing; nil where somebody else holds it.
  public init?(at url: URL) throws(FileError) {
    let descriptor = try SystemCalls.openForAppending(url.path)
    guard SystemCalls.lock(descriptor) else {
      SystemCalls.closeFile(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit {
    SystemCalls.closeFile(descriptor)
  }
}
