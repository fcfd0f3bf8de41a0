public import Foundations
import Persistence
public import Traces

/// Two traces that say nearly the same.
public struct DuplicatePair: Hashable, Sendable {
  /// The trace that was stored earlier.
  public let first: Identifier<Trace>
  /// The trace that was stored later.
  public let second: Identifier<Trace>
  /// The part of their shingles that they share, up to 1.
  public let similarity: Double
}

/// What a search for duplicates among stored traces found.
public struct DuplicateReport: Hashable, Sendable {
  /// How many traces were looked at.
  public let traceCount: Int
  /// Whether these were all that pass the filter.
  public let isComplete: Bool
  /// How it was looked for.
  public let method: JSONValue
  /// The pairs, those of later traces last.
  public let pairs: [DuplicatePair]
}

/// A trace whose prompt shares words with items of an evaluation set.
public struct ContaminatedTrace: Hashable, Sendable {
  /// The trace.
  public let id: Identifier<Trace>
  /// The items, the largest overlap first.
  public let matches: [Contamination.Match]
}

/// What a search for contamination among stored traces found.
public struct ContaminationReport: Hashable, Sendable {
  /// How many traces were looked at.
  public let traceCount: Int
  /// Whether these were all that pass the filter.
  public let isComplete: Bool
  /// How it was looked for.
  public let method: JSONValue
  /// The traces that share words with items.
  public let traces: [ContaminatedTrace]
}

extension TraceLibrary {
  /// Traces among the newest that pass a filter which say nearly the same as an earlier one.
  ///
  /// The very same content is stored once, so there are no exact duplicates to find here.
  public func duplicates(
    _ filter: TraceFilter = TraceFilter(),
    threshold: Double = NearDuplicates.usualThreshold,
    limit: Int = Limits.comparedTraces
  ) throws -> DuplicateReport {
    try check(threshold)
    var ids: [Identifier<Trace>] = []
    var sketches: [TextSketch] = []
    let isComplete = try forEach(filter, limit: limit) { batch in
      ids += batch.map(\.id)
      sketches += Parallel(batch) { TextSketch(of: $0.trace) }.finish()
    }
    var search = NearDuplicates(threshold: threshold)
    // The walk began with the newest; an earlier trace is the original.
    for sketch in sketches.reversed() { search.add(sketch) }
    return DuplicateReport(
      traceCount: ids.count,
      isComplete: isComplete,
      method: NearDuplicates.method(threshold: threshold),
      pairs: search.pairs.map { pair in
        DuplicatePair(
          first: ids[ids.count - 1 - pair.first],
          second: ids[ids.count - 1 - pair.second],
          similarity: pair.similarity
        )
      }
    )
  }

  /// Traces among the newest that pass a filter whose prompts share words with these items.
  public func contamination(
    by items: [(name: String, prompt: String)],
    in filter: TraceFilter = TraceFilter(),
    threshold: Double = Contamination.usualThreshold,
    limit: Int = Limits.comparedTraces
  ) throws -> ContaminationReport {
    try check(threshold)
    let search = Contamination(items: items, threshold: threshold)
    var count = 0
    var found: [ContaminatedTrace] = []
    let isComplete = try forEach(filter, limit: limit) { batch in
      count += batch.count
      let matches = Parallel(batch) { search.matches(in: $0.trace) }.finish()
      for (stored, matches) in zip(batch, matches) where !matches.isEmpty {
        found.append(ContaminatedTrace(id: stored.id, matches: matches))
      }
    }
    return ContaminationReport(
      traceCount: count,
      isComplete: isComplete,
      method: Contamination.method(threshold: threshold),
      traces: found
    )
  }

  private func check(_ threshold: Double) throws {
    guard threshold > 0, threshold <= 1 else {
      throw WorkspaceError.invalidRequest(
        parameter: "threshold",
        reason: "\(threshold) is not above 0 and up to 1"
      )
    }
  }

  /// How many traces are looked at for each that is wanted, where a phrase is searched.
  private static let checkedForOne = 10

  /// Walks through the newest traces that pass a filter, in bounded memory; says whether these
  /// were all.
  func forEach(
    _ filter: TraceFilter,
    limit: Int,
    _ body: ([StoredTrace]) throws -> Void
  ) throws -> Bool {
    var query = TraceQuery(filter)
    var left = limit
    while left > 0 {
      query.limit = min(left, Limits.importBatchRecords)
      query.mostChecked = query.limit * Self.checkedForOne
      let walk = try database.traceWalk(query)
      let page = walk.rows
      guard let last = page.last else { return walk.stoppedAfter == nil }
      try Task.checkCancellation()
      try body(page.map(\.trace))
      if walk.stoppedAfter != nil { return false }
      query.before = last.sequence
      left -= page.count
    }
    query.limit = 1
    let rest = try database.traceWalk(query)
    return rest.rows.isEmpty && rest.stoppedAfter == nil
  }
}
