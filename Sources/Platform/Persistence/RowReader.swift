import Foundation
import Foundations
import GRDB

/// Reads the columns of one row as values; a column that is no such value names the row.
struct RowReader {
  private let row: Row
  private let table: String
  private let id: String

  init(_ row: Row, table: String, id: String) {
    self.row = row
    self.table = table
    self.id = id
  }

  func identifier<Subject>(_ column: String) throws -> Identifier<Subject> {
    try value(of: column) { Identifier($0) }
  }

  func optionalIdentifier<Subject>(_ column: String) throws -> Identifier<Subject>? {
    row[column] as String? == nil ? nil : try identifier(column)
  }

  func date(_ column: String) throws -> Date {
    try value(of: column) { Timestamp.date(from: $0) }
  }

  func optionalDate(_ column: String) throws -> Date? {
    row[column] as String? == nil ? nil : try date(column)
  }

  func hash(_ column: String) throws -> ContentHash {
    try value(of: column) { ContentHash(hex: $0) }
  }

  func choice<Choice: RawRepresentable<String>>(_ column: String) throws -> Choice {
    try value(of: column) { Choice(rawValue: $0) }
  }

  func json(_ column: String) throws -> JSONValue {
    try JSONValue(parsing: row[column] as String? ?? "")
  }

  func optionalJSON(_ column: String) throws -> JSONValue? {
    row[column] as String? == nil ? nil : try json(column)
  }

  /// Runs a reading of the whole row, naming the row in whatever it throws.
  func reading<T>(_ body: () throws -> T) throws(PersistenceError) -> T {
    do {
      return try body()
    } catch let error as PersistenceError {
      throw error
    } catch {
      throw .damagedRow(table: table, id: id, reason: "\(error)")
    }
  }

  private func value<T>(of column: String, _ read: (String) -> T?) throws -> T {
    guard let value = read(row[column] as String? ?? "") else { throw damage(of: column) }
    return value
  }

  /// What is wrong with a row that has no such value in a column.
  func damage(of column: String) -> PersistenceError {
    .damagedRow(table: table, id: id, column: column, text: row[column] as String? ?? "")
  }
}

extension PersistenceError {
  /// A column of a row holds a text that is none of its values.
  static func damagedRow(table: String, id: String, column: String, text: String) -> Self {
    .damagedRow(table: table, id: id, reason: "\(column) holds \"\(text.prefix(40))\"")
  }
}
