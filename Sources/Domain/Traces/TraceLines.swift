public import Foundations

/// Traces read from JSON Lines, one a line.
public enum TraceLines {
  /// A line that holds no valid trace.
  public struct Rejection: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line's number, from one.
    public let line: Int
    /// Why it was refused.
    public let reason: String

    /// One sentence that a person can act on.
    public var description: String { "line \(line): \(reason)" }
  }

  /// Reads one line.
  public static func trace(of line: JSONLines.Line) throws(Rejection) -> Trace {
    guard line.bytes.count <= Limits.lineBytes else {
      throw Rejection(
        line: line.number,
        reason: "\(line.bytes.count) bytes; at most \(Limits.lineBytes) are allowed"
      )
    }
    do {
      return try Trace(json: try line.value())
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
