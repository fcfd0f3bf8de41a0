public import Foundations

/// Traces read from JSON Lines, one a line.
public enum TraceLines {
  /// A line that holds no valid trace.
  public struct Rejection: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line's number, from one.
    public let line: Int
    /// Where in the record the fault is, as a JSON pointer; nil where the line is no JSON.
    public let pointer: String?
    /// Why it was refused.
    public let reason: String

    /// Makes a rejection.
    public init(line: Int, pointer: String? = nil, reason: String) {
      self.line = line
      self.pointer = pointer
      self.reason = reason
    }

    /// One sentence that a person can act on.
    public var description: String { "line \(line): \(reason)" }
  }

  /// Reads one line as a record of a format.
  public static func trace(
    of line: JSONLines.Line,
    in format: TraceFormat = .tunix
  ) throws(Rejection) -> Trace {
    guard line.bytes.count <= Limits.lineBytes else {
      throw Rejection(
        line: line.number,
        reason: "\(line.bytes.count) bytes; at most \(Limits.lineBytes) are allowed"
      )
    }
    do {
      return try format.trace(parsing: line.bytes)
    } catch let error as TraceError {
      throw Rejection(line: line.number, pointer: error.pointer, reason: "\(error)")
    } catch {
      throw Rejection(line: line.number, reason: "\(error)")
    }
  }

  /// Reads every line, or refuses at the first that is no trace.
  public static func traces(of bytes: [UInt8]) throws(Rejection) -> [Trace] {
    var traces: [Trace] = []
    for line in JSONLines.lines(of: bytes) { traces.append(try trace(of: line)) }
    return traces
  }
}
