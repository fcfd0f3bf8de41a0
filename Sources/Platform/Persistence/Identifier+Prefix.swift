import GRDB

extension Database {
  /// The texts of a column that begin with `prefix`, at most `limit` of them.
  func texts(
    of column: String,
    in table: String,
    beginningWith prefix: String,
    limit: Int
  ) throws -> [String] {
    // Identifiers are hexadecimal digits and hyphens; anything else could be a wildcard.
    guard !prefix.isEmpty, prefix.allSatisfy({ $0.isHexDigit || $0 == "-" }) else { return [] }
    return try String.fetchAll(
      self,
      sql: "SELECT \(column) FROM \(table) WHERE \(column) LIKE ? ORDER BY \(column) LIMIT ?",
      arguments: [prefix.lowercased() + "%", limit]
    )
  }
}
