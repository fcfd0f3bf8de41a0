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
      let batch = rest.prefix(Limits.batchTraces).map(PreparedTrace.init)
      for stored in try database.insert(prepared: batch, createdAt: createdAt) {
        outcome.add(stored.id, isNew: stored.isNew)
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
    let id = try id(of: name)
    guard let trace = try database.trace(id) else { throw Self.unknown(name) }
    return trace
  }
}

extension TraceLibrary {
  /// Stores games of UNGAR's High Card Duel, if asked to.
  ///
  /// The names are those that the traces have, stored or not.
  public func importDuels(
    _ games: [HighCardDuel],
    isStored: Bool = true
  ) throws -> TraceImport {
    let traces = games.map(\.trace)
    if isStored { return try importTraces(traces) }
    return TraceImport(ids: traces.map { PreparedTrace($0).id })
  }

  /// The identifier that a name or the unique beginning of one means; the trace may not exist.
  func id(of name: String) throws -> Identifier<Trace> {
    try identifier(of: "trace", from: name) {
      try database.traceIDs(beginningWith: $0, limit: $1)
    }
  }

  static func unknown(_ name: String) -> WorkspaceError {
    .unknown(noun: "trace", name: name, hint: nil)
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

  init(ids: [Identifier<Trace>] = []) {
    self.ids = ids
  }

  fileprivate mutating func add(_ id: Identifier<Trace>, isNew: Bool) {
    ids.append(id)
    createdCount += isNew ? 1 : 0
    existingCount += isNew ? 0 : 1
  }
}
