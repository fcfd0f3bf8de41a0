/// JSON Lines: one JSON text a line.
public enum JSONLines {
  /// One line that is not blank.
  public struct Line: Hashable, Sendable {
    /// The line's number in its text, from one.
    public let number: Int
    /// The line's bytes without its line break.
    public let bytes: [UInt8]

    /// Whether the line holds nothing but white space.
    public var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }

    /// Makes a line.
    public init(number: Int, bytes: [UInt8]) {
      self.number = number
      self.bytes = bytes
    }

    /// Reads the line's JSON.
    public func value() throws(JSONError) -> JSONValue {
      try JSONValue(parsing: bytes)
    }
  }

  /// The lines that hold more than white space; `\n` and `\r\n` both end a line.
  public static func lines(of bytes: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var number = 0
    for part in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      number += 1
      let line = part.last == 0x0D ? part.dropLast() : part
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      lines.append(Line(number: number, bytes: Array(line)))
    }
    return lines
  }

  /// One compact line a value, each ending in a line break; empty for no values.
  public static func text(_ values: some Sequence<JSONValue>) -> String {
    values.map { $0.compact + "\n" }.joined()
  }

  /// As `text`, every character outside ASCII escaped.
  public static func asciiText(_ values: some Sequence<JSONValue>) -> String {
    values.map { $0.asciiEscaped + "\n" }.joined()
  }
}
