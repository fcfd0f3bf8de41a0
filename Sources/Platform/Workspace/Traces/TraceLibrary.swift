public import Datasets
import Foundation
public import Foundations
import Persistence
public import Traces

/// Everything that is done with traces: importing them once, and reading them.
public struct TraceLibrary: Sendable {
  let database: DatabaseStore
  let now: @Sendable () -> Date

  /// Stores traces; one whose content is stored already keeps its name and is not stored again.
  @discardableResult
  public func importTraces(_ traces: [Trace]) throws -> TraceImport {
    for trace in traces { try trace.validate() }
    let createdAt = now()
    var outcome = TraceImport()
    var rest = traces[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Limits.batchTraces).map { stored($0, at: createdAt) }
      for (stored, isNew) in try database.insert(traces: batch) {
        outcome.add(stored, isNew: isNew)
      }
      rest = rest.dropFirst(Limits.batchTraces)
    }
    return outcome
  }

  /// Stores the traces of a built-in generator.
  @discardableResult
  public func importGenerator(
    _ generator: TraceGenerator,
    seed: UInt64 = 42
  ) throws -> TraceImport {
    try importTraces(generator.traces(seed: seed))
  }

  /// A trace is named for its content, so that the same import gives the same names, and in the
  /// end the same dataset and the same training order, on every machine.
  private func stored(_ trace: Trace, at createdAt: Date) -> StoredTrace {
    let hash = trace.contentHash
    return StoredTrace(
      id: Identifier(derivedFrom: hash),
      createdAt: createdAt,
      trace: trace,
      contentHash: hash
    )
  }

  /// A page of traces, newest first.
  public func list(
    filters: [String: String] = [:],
    limit: Int = Limits.pageRows,
    offset: Int = 0
  ) throws -> [StoredTrace] {
    try database.traces(TraceQuery(filters: filters, limit: limit, offset: offset))
  }

  /// How many traces pass the filters.
  public func count(filters: [String: String] = [:]) throws -> Int {
    try database.traceCount(TraceQuery(filters: filters))
  }

  /// How many traces each value of a top-level member of `meta` has; empty for none.
  public func counts(byMeta key: String) throws -> [(value: String, count: Int)] {
    try database.traceCounts(byMeta: key)
  }

  /// The trace that a name or the unique beginning of one means.
  public func show(_ name: String) throws -> StoredTrace {
    let id = try identifier(of: "trace", from: name) {
      try database.traceIDs(beginningWith: $0, limit: $1)
    }
    guard let trace = try database.trace(id) else {
      throw WorkspaceError.unknown(noun: "trace", name: name, hint: nil)
    }
    return trace
  }
}

/// What an import did.
public struct TraceImport: Hashable, Sendable {
  /// The names of the traces, in the order they were offered.
  public private(set) var ids: [Identifier<Trace>] = []
  /// How many were stored now.
  public private(set) var createdCount = 0
  /// How many were stored before with the same content.
  public private(set) var existingCount = 0

  fileprivate mutating func add(_ stored: StoredTrace, isNew: Bool) {
    ids.append(stored.id)
    createdCount += isNew ? 1 : 0
    existingCount += isNew ? 0 : 1
  }
}
