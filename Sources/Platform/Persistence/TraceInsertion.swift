public import Foundation
import Foundations
import GRDB
public import Traces

/// A transaction that takes traces one by one; it ends when the closure that got it returns.
///
/// Everything that was added becomes visible at once, or nothing does: also where the process is
/// killed meanwhile, because SQLite leaves out what no commit follows in its write-ahead log.
public final class TraceInsertion {
  /// What became of a trace.
  public enum Outcome: Hashable, Sendable {
    /// It is stored now.
    case created
    /// The same content was stored before this transaction.
    case existing
    /// The same content was added before in this transaction.
    case repeated
  }

  private let database: Database
  private let createdAt: String
  private let insert: Statement
  private let index: Statement?
  private let find: Statement
  private let lastSequence: Int64

  /// Begins; what will be undone anyway needs no search index.
  init(_ database: Database, createdAt: Date, isIndexed: Bool = true) throws {
    self.database = database
    self.createdAt = Timestamp.text(of: createdAt)
    insert = try database.makeStatement(
      sql: """
        INSERT INTO trace (
          id, createdAt, traceVersion, contentHash, category, stepCount, characterCount,
          baselineScore, payload
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
        """
    )
    index = isIndexed ? try database.makeStatement(sql: SearchIndex.insertion) : nil
    find = try database.makeStatement(sql: "SELECT sequence FROM trace WHERE id = ?")
    lastSequence =
      try Int64.fetchOne(database, sql: "SELECT MAX(sequence) FROM trace") ?? 0
  }

  /// Adds a trace, unless its content is there.
  public func add(_ trace: PreparedTrace) throws -> Outcome {
    try insert.execute(arguments: [
      trace.id.text, createdAt, trace.traceVersion, trace.contentHash.hex, trace.category,
      trace.stepCount, trace.characterCount, trace.baselineScore, trace.payload,
    ])
    if database.changesCount > 0 {
      try index?.execute(arguments: [database.lastInsertedRowID, trace.indexText])
      return .created
    }
    let sequence = try Int64.fetchOne(find, arguments: [trace.id.text]) ?? 0
    return sequence > lastSequence ? .repeated : .existing
  }
}

extension DatabaseStore {
  /// Memory that SQLite may use for pages while it takes many traces, in KiB: the unique index is
  /// hit in random order, and what does not fit is written and read again and again.
  private static let importCacheKiB = 131_072

  /// Adds traces in one transaction.
  ///
  /// What `body` added stays only if it says so; if it throws, nothing stays, and what it threw is
  /// thrown. A trial is undone in any case.
  public func insertTraces<Result>(
    createdAt: Date,
    isTrial: Bool = false,
    _ body: (TraceInsertion) throws -> (result: Result, keeps: Bool)
  ) throws -> Result {
    try writing { database in
      let usual = try Int.fetchOne(database, sql: "PRAGMA cache_size") ?? -2_000
      try database.execute(sql: "PRAGMA cache_size = \(-Self.importCacheKiB)")
      defer { try? database.execute(sql: "PRAGMA cache_size = \(usual)") }
      var result: Result?
      try database.inTransaction(.immediate) {
        let insertion = try TraceInsertion(database, createdAt: createdAt, isIndexed: !isTrial)
        let outcome = try body(insertion)
        result = outcome.result
        return outcome.keeps && !isTrial ? .commit : .rollback
      }
      guard let result else { throw PersistenceError.failed(reason: "the transaction vanished") }
      return result
    }
  }
}
