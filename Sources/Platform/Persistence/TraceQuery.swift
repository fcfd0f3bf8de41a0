public import Foundations
import GRDB
public import Traces

/// Which traces a list is about, and which page of it.
public struct TraceQuery: Hashable, Sendable {
  /// What the traces must have.
  public var filter: TraceFilter
  /// The largest number of traces returned.
  public var limit: Int
  /// How many of the newest traces are passed over.
  public var offset: Int
  /// Only traces that were stored before the one of this sequence number.
  public var before: Int64?
  /// How many traces may be looked at where the index alone cannot say which pass.
  public var mostChecked = Int.max

  /// Asks for a page; the newest traces come first.
  public init(
    _ filter: TraceFilter = TraceFilter(),
    limit: Int = Limits.pageRows,
    offset: Int = 0,
    before: Int64? = nil
  ) {
    self.filter = filter
    self.limit = limit
    self.offset = offset
    self.before = before
  }

  /// Asks for a page of the traces that have these facts.
  public init(filters: [String: String], limit: Int = Limits.pageRows, offset: Int = 0) {
    self.init(TraceFilter(facts: filters), limit: limit, offset: offset)
  }
}

extension TraceQuery {
  /// A statement's condition with its arguments.
  struct Condition {
    /// The table that is walked through, the newest first, and its column of sequence numbers.
    var table: String
    var sequence: String
    var clauses: [String] = []
    var arguments = StatementArguments()

    mutating func add(_ clause: String, _ values: StatementArguments = []) {
      clauses.append(clause)
      arguments += values
    }

    /// The condition; empty where everything passes.
    var text: String { clauses.isEmpty ? "" : "WHERE " + clauses.joined(separator: " AND ") }
  }

  /// What is walked through: the search index where words or facts are asked for, else the tags,
  /// else the archive, else the traces.
  var condition: Condition {
    var tags = filter.tags[...]
    var condition: Condition
    if let match = filter.matchExpression {
      condition = Condition(table: "traceSearch", sequence: "traceSearch.rowid")
      condition.add("traceSearch MATCH ?", [match])
    } else if let tag = tags.popFirst() {
      condition = Condition(table: "traceTag", sequence: "traceTag.traceSequence")
      condition.add("traceTag.tag = ?", [tag])
    } else if filter.archived == .only {
      condition = Condition(table: "traceArchive", sequence: "traceArchive.traceSequence")
    } else {
      condition = Condition(table: "trace", sequence: "trace.sequence")
    }
    let sequence = condition.sequence
    if let before { condition.add("\(sequence) < ?", [before]) }
    for tag in tags {
      condition.add(
        "EXISTS (SELECT 1 FROM traceTag t WHERE t.tag = ? AND t.traceSequence = \(sequence))",
        [tag]
      )
    }
    let isArchived = "EXISTS (SELECT 1 FROM traceArchive a WHERE a.traceSequence = \(sequence))"
    switch filter.archived {
    case .without: condition.add("NOT " + isArchived)
    case .only: if condition.table != "traceArchive" { condition.add(isArchived) }
    case .all: break
    }
    if let from = filter.createdFrom {
      condition.add("trace.createdAt >= ?", [Timestamp.text(of: from)])
    }
    if let end = filter.createdBefore {
      condition.add("trace.createdAt < ?", [Timestamp.text(of: end)])
    }
    return condition
  }

  private var joinsTrace: Bool { filter.createdFrom != nil || filter.createdBefore != nil }

  /// Rows of `trace`, the newest first: sequence, id, time, content hash and payload by their places.
  func rows(_ db: Database, limit: Int, offset: Int) throws -> RowCursor {
    let condition = condition
    // `CROSS JOIN` keeps the order of the walk, so that the page is found without sorting.
    let join =
      condition.table == "trace"
      ? "" : "CROSS JOIN trace ON trace.sequence = \(condition.sequence)"
    let statement = try db.cachedStatement(
      sql: """
        SELECT trace.sequence, trace.id, trace.createdAt, trace.contentHash, trace.payload
        FROM \(condition.table) \(join) \(condition.text)
        ORDER BY \(condition.sequence) DESC LIMIT ? OFFSET ?
        """
    )
    return try Row.fetchCursor(statement, arguments: condition.arguments + [limit, offset])
  }

  /// How many traces the index says there are.
  func count(_ db: Database) throws -> Int {
    let condition = condition
    let join =
      condition.table == "trace" || !joinsTrace
      ? "" : "CROSS JOIN trace ON trace.sequence = \(condition.sequence)"
    return try Int.fetchOne(
      db,
      sql: "SELECT COUNT(*) FROM \(condition.table) \(join) \(condition.text)",
      arguments: condition.arguments
    ) ?? 0
  }
}
