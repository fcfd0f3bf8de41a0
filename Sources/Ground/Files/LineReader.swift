public import Foundation
public import Foundations

/// Reads a text file line by line in bounded memory.
///
/// A line ends at a line feed, or a carriage return and a line feed; the last one may lack it. It
/// cannot be copied, because it owns the open file.
public struct LineReader: ~Copyable {
  private let limitBytes: Int
  private var source: ByteSource
  private var lineNumber = 0

  /// Opens the file; lines longer than `limitBytes` will throw.
  public init(_ url: URL, limitBytes: Int = Limits.lineBytes) throws(FileError) {
    source = try ByteSource(path: url.path)
    self.limitBytes = limitBytes
  }

  /// The next line, blank ones too, or nil at the end of the file.
  ///
  /// A line that is too long is passed over as a whole before that is thrown, so that reading may
  /// go on behind it.
  public mutating func next() throws(FileError) -> JSONLines.Line? {
    lineNumber += 1
    return try source.line(number: lineNumber, limitBytes: limitBytes).map { bytes in
      JSONLines.Line(number: lineNumber, bytes: bytes)
    }
  }
}
