public import Datasets
public import Foundations
import GRDB
public import Traces

extension DatabaseStore {
  /// The traces that a recipe takes, in the order in which it takes them.
  ///
  /// The order is total, and only the chosen traces are read: the newest first, or the order of
  /// the draw, or the best first; ties go by name. Archived traces and those that `parent` holds are
  /// left out.
  public func candidates(
    of recipe: DatasetRecipe,
    withoutThoseOf parent: String? = nil
  ) throws(PersistenceError) -> [DatasetCandidate] {
    try read { db in
      let selection = TraceSelection(recipe, withoutThoseOf: parent)
      let read = try db.cachedStatement(sql: "SELECT * FROM trace WHERE sequence = ?")
      return try selection.sequences(db).compactMap { sequence in
        try Row.fetchOne(read, arguments: [sequence])
          .map { DatasetCandidate(try StoredTrace(row: $0)) }
      }
    }
  }

  /// These traces, as far as they exist, in the order of their names here.
  public func candidates(
    named ids: [Identifier<Trace>]
  ) throws(PersistenceError) -> [DatasetCandidate] {
    try read { db in
      let statement = try db.cachedStatement(sql: "SELECT * FROM trace WHERE id = ?")
      return try ids.compactMap { id in
        try Row.fetchOne(statement, arguments: [id.text])
          .map { DatasetCandidate(try StoredTrace(row: $0)) }
      }
    }
  }
}

/// The statements that choose a recipe's traces.
private struct TraceSelection {
  private let recipe: DatasetRecipe
  private let condition: String
  private let arguments: StatementArguments

  init(_ recipe: DatasetRecipe, withoutThoseOf parent: String?) {
    self.recipe = recipe
    var clauses = ["sequence NOT IN (SELECT traceSequence FROM traceArchive)"]
    var arguments = StatementArguments()
    for member in recipe.filters.object ?? [] {
      let (clause, values) = MetaCondition.equality(member)
      clauses.append(clause)
      arguments += values
    }
    if let parent {
      clauses.append("id NOT IN (SELECT traceID FROM datasetItem WHERE datasetKey = ?)")
      arguments += [parent]
    }
    condition = "WHERE " + clauses.joined(separator: " AND ")
    self.arguments = arguments
  }

  /// The chosen rows of `trace`, in their order.
  func sequences(_ db: Database) throws -> [Int64] {
    guard let seed = recipe.seed, recipe.selection.isDrawn else {
      let order = recipe.selection == .quality ? Self.quality + " DESC, id" : "createdAt DESC, id"
      return try Int64.fetchAll(
        db,
        sql: "SELECT sequence FROM trace \(condition) ORDER BY \(order) LIMIT ?",
        arguments: arguments + [recipe.limit]
      )
    }
    let key = Int64(bitPattern: DrawOrder(seed: seed).key)
    if recipe.selection == .stratified { return try stratified(db, key: key) }
    return try Int64.fetchAll(
      db,
      sql: "SELECT sequence FROM trace \(condition) ORDER BY drawPlace(?, contentHash), id LIMIT ?",
      arguments: arguments + [key, recipe.limit]
    )
  }

  /// Each category's share, in the order of the draw.
  private func stratified(_ db: Database, key: Int64) throws -> [Int64] {
    let sizes = try Row.fetchAll(
      db,
      sql:
        "SELECT \(Self.category) AS category, COUNT(*) AS size FROM trace \(condition) GROUP BY 1",
      arguments: arguments
    ).reduce(into: [String: Int]()) { $0[$1["category"]] = $1["size"] }
    let total = min(recipe.limit, sizes.values.reduce(0, +))
    let quotas = Apportionment.shares(of: total, sizes: sizes, caps: sizes)
      .filter { $0.value > 0 }
      .map { JSONValue([.string($0.key), JSONValue($0.value)]) }
    return try Int64.fetchAll(
      db,
      sql: """
        WITH quota AS MATERIALIZED (SELECT json_extract(value, '$[0]') AS category,
            json_extract(value, '$[1]') AS size FROM json_each(?)),
          ranked AS (SELECT sequence, id, place, category,
              ROW_NUMBER() OVER (PARTITION BY category ORDER BY place, id) AS rank
            FROM (SELECT sequence, id, drawPlace(?, contentHash) AS place,
              \(Self.category) AS category FROM trace \(condition)))
        SELECT sequence FROM ranked JOIN quota ON quota.category = ranked.category
        WHERE rank <= size ORDER BY place, id
        """,
      arguments: [JSONValue(quotas).compact, key] + arguments
    )
  }

  /// The category that a trace's meta names, else the empty text.
  private static let category = """
    CASE json_type(payload, '$.meta.category') WHEN 'text'
    THEN json_extract(payload, '$.meta.category') ELSE '' END
    """

  /// `meta.quality` where it is a number, else the predecessor's baseline score: half for steps (ten
  /// are full), half for their mean length (500 characters are full).
  private static let quality = """
    CASE WHEN json_type(payload, '$.meta.quality') IN ('integer', 'real')
    THEN json_extract(payload, '$.meta.quality')
    ELSE (SELECT 50.0 * MIN(COUNT(*) / 10.0, 1.0)
        + 50.0 * MIN(AVG(LENGTH(json_extract(value, '$.content'))) / 500.0, 1.0)
      FROM json_each(payload, '$.steps')) END
    """
}

/// Conditions on members of a trace's meta.
enum MetaCondition {
  /// The member has this very value: texts by their bytes, numbers by their value, lists and objects
  /// by their compact text.
  static func equality(_ member: JSONValue.Member) -> (sql: String, arguments: StatementArguments) {
    let path = "$.meta." + quoted(member.key)
    switch member.value {
    case .null: return ("json_type(payload, ?) = 'null'", [path])
    case .bool(let flag): return ("json_type(payload, ?) = ?", [path, flag ? "true" : "false"])
    case .string(let text):
      return (
        "json_type(payload, ?) = 'text' AND json_extract(payload, ?) = ?", [path, path, text]
      )
    case .number(let number):
      let value: any DatabaseValueConvertible = number.int64 ?? number.double
      return (
        "json_type(payload, ?) IN ('integer', 'real') AND json_extract(payload, ?) = ?",
        [path, path, value]
      )
    case .array, .object:
      return ("json_extract(payload, ?) = ?", [path, member.value.compact])
    }
  }

  /// A quoted label of a path; it may hold any character but the quote.
  private static func quoted(_ key: String) -> String {
    "\"" + key.filter { $0 != "\"" } + "\""
  }
}

extension DatabaseFunction {
  /// `drawPlace(key, contentHash)`: the place of a content in the draw of a seed.
  static let drawPlace = DatabaseFunction("drawPlace", argumentCount: 2, pure: true) { values in
    guard let key = Int64.fromDatabaseValue(values[0]),
      let hash = String.fromDatabaseValue(values[1])
    else { return Int64.max }
    return DrawOrder(key: UInt64(bitPattern: key)).place(ofHex: hash)
  }
}
