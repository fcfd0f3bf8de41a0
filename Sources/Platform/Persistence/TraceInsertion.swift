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
  private let find: Statement
  private let lastSequence: Int64

  init(_ database: Database, createdAt: Date) throws {
    self.database = database
    self.createdAt = Timestamp.text(of: createdAt)
    insert = try database.makeStatement(
      sql: """
        INSERT INTO trace (id, createdAt, traceVersion, contentHash, payload)
        VALUES (?, ?, ?, ?, ?) ON CONFLICT (contentHash) DO NOTHING
        """
    )
    find = try database.makeStatement(sql: "SELECT sequence FROM trace WHERE contentHash = ?")
    lastSequence =
      try Int64.fetchOne(database, sql: "SELECT MAX(sequence) FROM trace") ?? 0
  }

  /// Adds a trace, unless its content is there.
  public func add(_ trace: PreparedTrace) throws -> Outcome {
    let hash = trace.contentHash.hex
    try insert.execute(arguments: [
      trace.id.text, createdAt, trace.traceVersion, hash, trace.payload,
    ])
    if database.changesCount > 0 { return .created }
    let sequence = try Int64.fetchOne(find, arguments: [hash]) ?? 0
    return sequence > lastSequence ? .repeated : .existing
  }
}

extension DatabaseStore {
  /// Memory that SQLite may use for pages while it takes many traces, in KiB: the two unique
  /// indexes are hit in random order, and what does not fit is written and read again and again.
  private static let importCacheKiB = 131_072

  /// Adds traces in one transaction.
  ///
  /// What `body` added stays only if it says so; if it throws, nothing stays, and what it threw is
  /// thrown.
  public func insertTraces<Result>(
    createdAt: Date,
    _ body: (TraceInsertion) throws -> (result: Result, keeps: Bool)
  ) throws -> Result {
    try writing { database in
      let usual = try Int.fetchOne(database, sql: "PRAGMA cache_size") ?? -2_000
      try database.execute(sql: "PRAGMA cache_size = \(-Self.importCacheKiB)")
      defer { try? database.execute(sql: "PRAGMA cache_size = \(usual)") }
      var result: Result?
      try database.inTransaction(.immediate) {
        let insertion = try TraceInsertion(database, createdAt: createdAt)
        let outcome = try body(insertion)
        result = outcome.result
        return outcome.keeps ? .commit : .rollback
      }
      guard let result else { throw PersistenceError.failed(reason: "the transaction vanished") }
      return result
    }
  }
}
