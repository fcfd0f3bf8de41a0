import GRDB

/// What the database refuses or cannot do.
public enum PersistenceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The database file cannot be opened or brought to this version's schema.
  case unopenable(path: String, reason: String)
  /// The change would break a promise of the schema.
  case refused(reason: String)
  /// A stored row cannot be read back as what it was.
  case damagedRow(table: String, id: String, reason: String)
  /// The disk is full.
  case diskFull
  /// Another process holds the database for longer than the patience of this one.
  case busy
  /// Any other failure of the database.
  case failed(reason: String)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .unopenable(let path, let reason): "cannot open the database \(path): \(reason)"
    case .refused(let reason): "the database refused the change: \(reason)"
    case .damagedRow(let table, let id, let reason):
      "the database's row \(id) of \(table) is damaged: \(reason)"
    case .diskFull: "the disk is full: the database cannot be written"
    case .busy: "the database is in use by another process; try again"
    case .failed(let reason): "the database failed: \(reason)"
    }
  }

  init(_ error: any Error) {
    switch error {
    case let error as PersistenceError: self = error
    case let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT:
      self = .refused(reason: error.message ?? "a constraint failed")
    case let error as DatabaseError where error.resultCode == .SQLITE_FULL: self = .diskFull
    case let error as DatabaseError where error.resultCode == .SQLITE_BUSY: self = .busy
    // The message only: the statement's arguments may hold prompts.
    case let error as DatabaseError:
      self = .failed(reason: error.message ?? "SQLite code \(error.resultCode.rawValue)")
    default: self = .failed(reason: "\(error)")
    }
  }
}
