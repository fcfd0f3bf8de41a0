public import Foundation
import GRDB

/// The one database of a workspace; its requests are named methods in the files beside this one.
///
/// SQLite with write-ahead log: one writer at a time, readers never wait. Opening brings the schema
/// to this version.
public struct DatabaseStore: Sendable {
  private let writer: any DatabaseWriter

  /// Opens the database file, creating it if it is missing.
  public init(at file: URL) throws(PersistenceError) {
    do {
      writer = try DatabasePool(path: file.path, configuration: Self.configuration)
      try Self.migrator.migrate(writer)
      try SearchIndex.catchUp(writer)
    } catch {
      throw .unopenable(path: file.path, reason: PersistenceError(error).description)
    }
  }

  private init(writer: any DatabaseWriter) throws {
    self.writer = writer
    try Self.migrator.migrate(writer)
  }

  /// Opens an empty database that lives in memory, for tests.
  public static func inMemory() throws(PersistenceError) -> DatabaseStore {
    do {
      return try DatabaseStore(writer: DatabaseQueue(configuration: configuration))
    } catch {
      throw PersistenceError(error)
    }
  }

  /// Bytes that the write-ahead log keeps between transactions.
  private static let logBytes = 67_108_864

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { $0.add(function: .drawPlace) }
    configuration.prepareDatabase { db in
      // A database that exists keeps its size. Traces fill larger pages better: imports write a
      // third less.
      try db.execute(sql: "PRAGMA page_size = 16384")
      // The log of a large import is cut back to this when it starts anew.
      try db.execute(sql: "PRAGMA journal_size_limit = \(logBytes)")
    }
    return configuration
  }

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerTrace()
    migrator.registerDataset()
    migrator.registerRun()
    migrator.registerComparison()
    migrator.registerRegistry()
    migrator.registerModel()
    migrator.registerTraceIndex()
    migrator.registerDatasetLibrary()
    migrator.registerAccess()
    migrator.registerZeroCharacters()
    return migrator
  }
}

extension DatabaseStore {
  /// Reads one consistent state.
  func read<T>(_ body: (Database) throws -> T) throws(PersistenceError) -> T {
    do {
      return try writer.read(body)
    } catch {
      throw PersistenceError(error)
    }
  }

  /// Changes the database in one transaction: all of it or nothing.
  func write<T>(_ body: (Database) throws -> T) throws(PersistenceError) -> T {
    do {
      return try writer.write(body)
    } catch {
      throw PersistenceError(error)
    }
  }

  /// Uses the writing connection; what is no error of the database passes through as it is.
  func writing<T>(_ body: (Database) throws -> T) throws -> T {
    do {
      return try writer.writeWithoutTransaction(body)
    } catch let error as DatabaseError {
      throw PersistenceError(error)
    }
  }

  /// Runs any statement; how tests damage a database to see that the damage is found.
  package func execute(unchecked sql: String) throws(PersistenceError) {
    try write { try $0.execute(sql: sql) }
  }
}
