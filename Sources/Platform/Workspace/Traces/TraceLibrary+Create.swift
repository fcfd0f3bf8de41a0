public import Foundation
public import Foundations
import Persistence
public import Traces

/// A trace that was offered: what it is called, when it was stored, and whether that was now.
public struct CreatedTrace: Hashable, Sendable {
  /// The trace's name.
  public let id: Identifier<Trace>
  /// When its content was stored.
  public let createdAt: Date
  /// The version of the author's format.
  public let traceVersion: String
  /// Whether the content was not stored before.
  public let isNew: Bool
}

extension TraceLibrary {
  /// Stores the trace of one record of our own format.
  ///
  /// Throws `TraceError`, whose pointer is into the record.
  public func create(_ record: JSONValue) throws -> CreatedTrace {
    try store([Trace(json: record)])[0]
  }

  /// Stores the traces of several records of our own format in one transaction: all of them, or,
  /// where one is invalid, none.
  ///
  /// Throws `TraceError`, whose pointer begins with the record's place, and
  /// `WorkspaceError.invalidRequest` for none or more than `Limits.batchTraces`.
  public func create(batch records: [JSONValue]) throws -> [CreatedTrace] {
    guard (1...Limits.batchTraces).contains(records.count) else {
      throw WorkspaceError.invalidRequest(
        parameter: "traces",
        reason: "\(records.count) traces; a batch has 1 to \(Limits.batchTraces)"
      )
    }
    let lines = records.enumerated().map { (place: $0.offset, record: $0.element) }
    let prepared = try lines.mapInParallel { line in
      do throws(TraceError) {
        return PreparedTrace(try Trace(json: line.record))
      } catch {
        throw error.inside("/\(line.place)")
      }
    }
    return try store(prepared: prepared)
  }

  private func store(_ traces: [Trace]) throws -> [CreatedTrace] {
    try store(prepared: traces.map(PreparedTrace.init))
  }

  private func store(prepared: [PreparedTrace]) throws -> [CreatedTrace] {
    let stored = try database.insert(prepared: prepared, createdAt: now())
    return zip(prepared, stored).map { trace, row in
      CreatedTrace(
        id: row.id,
        createdAt: row.createdAt,
        traceVersion: trace.traceVersion,
        isNew: row.isNew
      )
    }
  }
}
