public import Foundation
public import Foundations

/// Reads a text file line by line in bounded memory.
///
/// A line ends at a line feed, or a carriage return and a line feed; the last one may lack it. It
/// cannot be copied, because it owns the open file.
public struct LineReader: ~Copyable {
  private static let bufferBytes = 1 << 16

  private let path: String
  private let limitBytes: Int
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: LineReader.bufferBytes)
  /// The part of `buffer` that was read from the file but not given out.
  private var unread = 0..<0
  private var lineNumber = 0

  /// Opens the file; lines longer than `limitBytes` will throw.
  public init(_ url: URL, limitBytes: Int = Limits.lineBytes) throws(FileError) {
    path = url.path
    self.limitBytes = limitBytes
    descriptor = try SystemCalls.openForReading(url.path)
  }

  deinit {
    SystemCalls.closeFile(descriptor)
  }

  /// The next line, blank ones too, or nil at the end of the file.
  public mutating func next() throws(FileError) -> JSONLines.Line? {
    var line: [UInt8] = []
    var hasBytes = false
    while try fill() {
      hasBytes = true
      let end = buffer[unread].firstIndex(of: 0x0A)
      line += buffer[unread.lowerBound..<(end ?? unread.upperBound)]
      unread = (end.map { $0 + 1 } ?? unread.upperBound)..<unread.upperBound
      guard line.count <= limitBytes + 1 else { throw tooLong }
      if end != nil { break }
    }
    guard hasBytes else { return nil }
    lineNumber += 1
    if line.last == 0x0D { line.removeLast() }
    guard line.count <= limitBytes else {
      throw .lineTooLong(path: path, line: lineNumber, limitBytes: limitBytes)
    }
    return JSONLines.Line(number: lineNumber, bytes: line)
  }

  private var tooLong: FileError {
    .lineTooLong(path: path, line: lineNumber + 1, limitBytes: limitBytes)
  }

  /// Reads on if everything was given out; false at the end of the file.
  private mutating func fill() throws(FileError) -> Bool {
    guard unread.isEmpty else { return true }
    let count = try SystemCalls.read(descriptor, into: &buffer, path: path)
    unread = 0..<count
    return count > 0
  }
}
