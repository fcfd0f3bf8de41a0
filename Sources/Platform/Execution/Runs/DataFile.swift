import Files
import Foundation
import Foundations

/// A JSON Lines file that is read whole, its errors with their line numbers.
struct DataFile {
  private let url: URL

  init(_ url: URL) {
    self.url = url
  }

  /// Turns every line that is not blank into something; `number` counts lines from 1.
  func map<Row>(_ transform: (JSONValue, _ number: Int) throws -> Row) throws -> [Row] {
    var reader = try LineReader(url)
    var rows: [Row] = []
    while let line = try reader.next() {
      if line.isBlank { continue }
      let value: JSONValue
      do {
        value = try JSONValue(parsing: line.bytes)
      } catch {
        throw ExecutionError.data(path: url.path, line: line.number, reason: "\(error)")
      }
      do {
        rows.append(try transform(value, line.number))
      } catch {
        throw ExecutionError.data(path: url.path, line: line.number, reason: "\(error)")
      }
    }
    return rows
  }
}
