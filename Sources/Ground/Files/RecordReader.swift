public import Foundation
public import Foundations

/// Reads the records of a JSON Lines file, or the elements of a file that is one JSON array, in
/// bounded memory.
///
/// The first byte that is no white space decides: `[` begins an array. Elements are only told
/// apart here, by quotes and brackets; whether they are JSON shows when they are parsed. An array
/// that does not end gives a last record that is no JSON.
public struct RecordReader: ~Copyable {
  private enum State {
    case lines
    case elements
    case afterArray
    case end
  }

  private let path: String
  private let limitBytes: Int
  private var source: ByteSource
  private var state = State.lines
  private var lineNumber = 1

  /// Opens a file; records longer than `limitBytes` will throw.
  public init(_ url: URL, limitBytes: Int = Limits.lineBytes) throws(FileError) {
    try self.init(ByteSource(path: url.path), limitBytes: limitBytes)
  }

  /// Reads standard input.
  public static func standardInput(
    limitBytes: Int = Limits.lineBytes
  ) throws(FileError) -> RecordReader {
    try RecordReader(ByteSource(standardInput: ()), limitBytes: limitBytes)
  }

  private init(_ source: consuming ByteSource, limitBytes: Int) throws(FileError) {
    path = source.path
    self.limitBytes = limitBytes
    self.source = source
    try skipByteOrderMark()
    if try skipWhiteSpace() == UInt8(ascii: "[") {
      advance()
      state = .elements
      if try skipWhiteSpace() == UInt8(ascii: "]") {
        advance()
        state = .afterArray
      }
    }
  }

  /// Bytes read from the file so far.
  public var readBytes: Int { source.readBytes }

  /// The next record with the number of the line that it begins on, or nil at the end; blank lines
  /// are passed over.
  ///
  /// A record that is too long is passed over as a whole before that is thrown, so that reading may
  /// go on behind it.
  public mutating func next() throws(FileError) -> JSONLines.Line? {
    switch state {
    case .lines:
      while let line = try nextLine() { if !line.isBlank { return line } }
      return nil
    case .elements: return try element()
    case .afterArray:
      state = .end
      guard try skipWhiteSpace() != nil else { return nil }
      let rest = source.buffer[source.unread.prefix(40)]
      return JSONLines.Line(number: lineNumber, bytes: Array("] ".utf8) + rest)
    case .end: return nil
    }
  }
}

extension RecordReader {
  private mutating func nextLine() throws(FileError) -> JSONLines.Line? {
    defer { lineNumber += 1 }
    return try source.line(number: lineNumber, limitBytes: limitBytes).map { bytes in
      JSONLines.Line(number: lineNumber, bytes: bytes)
    }
  }

  /// The bytes up to the comma or bracket that ends an element.
  private mutating func element() throws(FileError) -> JSONLines.Line {
    _ = try skipWhiteSpace()
    let first = lineNumber
    var scan = ElementScan()
    var bytes: [UInt8] = []
    var isTooLong = false
    while try source.fill() {
      let end = scan.end(in: source.buffer, source.unread)
      let taken = source.unread.lowerBound..<(end ?? source.unread.upperBound)
      lineNumber += source.buffer[taken].count { $0 == 0x0A }
      bytes += source.buffer[taken]
      if bytes.count > limitBytes {
        isTooLong = true
        bytes.removeAll()
      }
      source.unread = taken.upperBound..<source.unread.upperBound
      guard end != nil else { continue }
      if source.buffer[source.unread.lowerBound] == UInt8(ascii: "]") { state = .afterArray }
      advance()
      guard !isTooLong else { throw tooLong(first) }
      return JSONLines.Line(number: first, bytes: bytes)
    }
    state = .end
    guard !isTooLong else { throw tooLong(first) }
    // What is left is no whole element, even where it would parse: the array is not closed.
    return JSONLines.Line(number: first, bytes: bytes + Array(" [".utf8))
  }

  private func tooLong(_ line: Int) -> FileError {
    .lineTooLong(path: path, line: line, limitBytes: limitBytes)
  }

  private mutating func advance() {
    source.unread = (source.unread.lowerBound + 1)..<source.unread.upperBound
  }

  private mutating func skipByteOrderMark() throws(FileError) {
    guard try source.fill(), source.unread.count >= 3 else { return }
    if Array(source.buffer[source.unread.prefix(3)]) == [0xEF, 0xBB, 0xBF] {
      source.unread = (source.unread.lowerBound + 3)..<source.unread.upperBound
    }
  }

  /// The next byte that is no white space, not yet given out; nil at the end.
  private mutating func skipWhiteSpace() throws(FileError) -> UInt8? {
    while try source.fill() {
      let byte = source.buffer[source.unread.lowerBound]
      guard [0x20, 0x09, 0x0A, 0x0D].contains(byte) else { return byte }
      if byte == 0x0A { lineNumber += 1 }
      advance()
    }
    return nil
  }
}

/// Where in nested JSON a reader stands: just enough to see where an element ends.
private struct ElementScan {
  private var depth = 0
  private var isInString = false
  private var isEscaped = false

  /// The place of the comma or bracket behind the element; nil where it goes on.
  mutating func end(in buffer: [UInt8], _ range: Range<Int>) -> Int? {
    for place in range {
      let byte = buffer[place]
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if depth == 0 { return byte == UInt8(ascii: "]") ? place : nil }
        depth -= 1
      case UInt8(ascii: ","): if depth == 0 { return place }
      default: break
      }
    }
    return nil
  }
}
