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
      let read = try db.cachedStatement(sql: DatasetCandidate.request + "sequence = ?")
      return try selection.sequences(db).compactMap { sequence in
        try Row.fetchOne(read, arguments: [sequence]).map(DatasetCandidate.init(row:))
      }
    }
  }

  /// These traces, as far as they exist, in the order of their names here.
  public func candidates(
    named ids: [Identifier<Trace>]
  ) throws(PersistenceError) -> [DatasetCandidate] {
    try read { db in
      let statement = try db.cachedStatement(sql: DatasetCandidate.request + "id = ?")
      return try ids.compactMap { id in
        try Row.fetchOne(statement, arguments: [id.text]).map(DatasetCandidate.init(row:))
      }
    }
  }
}

extension DatasetCandidate {
  /// Reads what a candidate is made of, as JSON texts where texts may hold anything: a trace's own
  /// text is not read.
  fileprivate static let request = """
    SELECT id, contentHash, category, stepCount, characterCount,
      CASE WHEN json_valid(payload) THEN payload -> '$.prompt' END AS prompt,
      CASE WHEN NOT json_valid(payload) THEN NULL
        WHEN (SELECT COUNT(*) FROM json_each(payload, '$.meta') m WHERE m.key = 'group_key') < 2
        THEN payload -> '$.meta.group_key'
        ELSE (SELECT json_quote(m.value) FROM json_each(payload, '$.meta') m
          WHERE m.key = 'group_key' ORDER BY m.id DESC LIMIT 1)
      END AS groupKey
    FROM trace WHERE
    """ + " "

  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "trace", id: row["id"])
    self = try reader.reading {
      let prompt = try reader.json("prompt").string ?? ""
      return DatasetCandidate(
        id: try reader.identifier("id"),
        contentHash: try reader.hash("contentHash"),
        groupKey: GroupKey.of(named: try reader.optionalJSON("groupKey")?.string, prompt: prompt),
        category: row["category"],
        stepCount: row["stepCount"],
        characterCount: row["characterCount"]
      )
    }
  }
}

/// The statements that choose a recipe's traces.
private struct TraceSelection {
  private let recipe: DatasetRecipe
  /// The table that is walked through, with the condition; `trace` is one of its tables.
  private let source: String
  private let arguments: StatementArguments

  /// Facts are looked up in the search index, which narrows the walk; it may find too much, so each
  /// filter is checked on what it found.
  init(_ recipe: DatasetRecipe, withoutThoseOf parent: String?) {
    self.recipe = recipe
    let filters = recipe.filters.object ?? []
    let tokens = filters.compactMap(TraceFilter.matchExpression(ofMeta:))
    var clauses = ["trace.sequence NOT IN (SELECT traceSequence FROM traceArchive)"]
    var arguments = StatementArguments()
    if !tokens.isEmpty {
      clauses.append("traceSearch MATCH ?")
      arguments += [tokens.joined(separator: " AND ")]
    }
    for member in filters {
      let (clause, values) = MetaCondition.equality(member)
      clauses.append(clause)
      arguments += values
    }
    if let parent {
      clauses.append("trace.id NOT IN (SELECT traceID FROM datasetItem WHERE datasetKey = ?)")
      arguments += [parent]
    }
    // `CROSS JOIN` keeps the order of the walk.
    let tables =
      tokens.isEmpty
      ? "trace" : "traceSearch CROSS JOIN trace ON trace.sequence = traceSearch.rowid"
    source = tables + " WHERE " + clauses.joined(separator: " AND ")
    self.arguments = arguments
  }

  /// The chosen rows of `trace`, in their order.
  func sequences(_ db: Database) throws -> [Int64] {
    switch recipe.selection {
    case .quality: return try best(db)
    case .stratified: if let seed = recipe.seed { return try stratified(db, seed: seed) }
    case .random:
      if let seed = recipe.seed {
        return try ordered(db, by: Self.place, [DrawOrder(seed: seed).databaseKey])
      }
    case .latest, .merge: break
    }
    return try ordered(db, by: "trace.createdAt DESC")
  }

  private func ordered(
    _ db: Database,
    by order: String,
    _ values: StatementArguments = []
  ) throws -> [Int64] {
    try Int64.fetchAll(
      db,
      sql: "SELECT trace.sequence FROM \(source) ORDER BY \(order), trace.id LIMIT ?",
      arguments: arguments + values + [recipe.limit]
    )
  }

  /// Where a trace stands in the draw of the key that is its argument.
  private static let place =
    "drawPlace(?, substr(trace.contentHash, 1, 8), substr(trace.contentHash, 9, 8))"
}

// MARK: The best

extension TraceSelection {
  /// `meta.quality` where it is a number.
  private static let ownQuality = """
    CASE WHEN json_type(trace.payload, '$.meta.quality') IS NOT NULL THEN
      (SELECT CASE WHEN m.type IN ('integer', 'real') THEN m.value END
       FROM json_each(trace.payload, '$.meta') m WHERE m.key = 'quality' ORDER BY m.id DESC LIMIT 1)
    END
    """

  /// The predecessor's baseline score: half for steps (ten are full), half for their mean length (500
  /// characters are full).
  private static let exactBaseline = """
    (SELECT 50.0 * MIN(COUNT(*) / 10.0, 1.0)
        + 50.0 * MIN(AVG(LENGTH(json_extract(value, '$.content'))) / 500.0, 1.0)
      FROM json_each(trace.payload, '$.steps'))
    """

  /// More than a score that was rounded to two decimals can be off, twice.
  private static let roundingMargin = 0.02

  /// The best by their own quality, else by the baseline score.
  ///
  /// The column's score is rounded: it says which traces may be among the best, and those alone are
  /// scored exactly.
  private func best(_ db: Database) throws -> [Int64] {
    try Int64.fetchAll(
      db,
      sql: """
        WITH ranked AS MATERIALIZED (
            SELECT trace.sequence, COALESCE(\(Self.ownQuality), trace.baselineScore) AS score
            FROM \(source)),
          limits AS MATERIALIZED (SELECT MIN(score) AS least
            FROM (SELECT score FROM ranked ORDER BY score DESC LIMIT ?))
        SELECT trace.sequence FROM ranked CROSS JOIN limits CROSS JOIN trace
        WHERE ranked.score >= limits.least - ? AND trace.sequence = ranked.sequence
        ORDER BY COALESCE(\(Self.ownQuality), \(Self.exactBaseline)) DESC, trace.id LIMIT ?
        """,
      arguments: arguments + [recipe.limit, Self.roundingMargin, recipe.limit]
    )
  }
}

// MARK: Shares of categories

extension TraceSelection {
  /// The category that a trace's meta names, else the empty text.
  private static let category = "COALESCE(trace.category, '')"

  /// Each category's share, in the order of the draw.
  private func stratified(_ db: Database, seed: UInt64) throws -> [Int64] {
    let sizes = try Row.fetchAll(
      db,
      sql: "SELECT \(Self.category) AS name, COUNT(*) AS size FROM \(source) GROUP BY 1",
      arguments: arguments
    ).reduce(into: [String: Int]()) { $0[$1["name"]] = $1["size"] }
    let total = min(recipe.limit, sizes.values.reduce(0, +))
    let quotas = Apportionment.shares(of: total, sizes: sizes, caps: sizes)
      .filter { $0.value > 0 }
    let likely = quotas.map { name, quota in
      (name, quota, Self.likelyBound(of: quota, among: sizes[name] ?? quota))
    }
    let chosen = try taken(db, seed: seed, likely)
    guard chosen.count < total else { return chosen }
    return try taken(db, seed: seed, quotas.map { ($0.key, $0.value, Int64.max) })
  }

  /// A place up to which so many of a category's traces stand almost always, since places are
  /// spread evenly: six standard deviations more than are wanted.
  private static func likelyBound(of quota: Int, among size: Int) -> Int64 {
    let enough = Double(quota) + 6 * Double(quota).squareRoot() + 20
    guard enough < Double(size) else { return .max }
    return Int64(enough / Double(size) * 0x1p63)
  }

  /// The first of each category up to its quota, of those that stand up to its bound.
  private func taken(
    _ db: Database,
    seed: UInt64,
    _ quotas: [(name: String, size: Int, bound: Int64)]
  ) throws -> [Int64] {
    let table = JSONValue(
      quotas.map { JSONValue([.string($0.name), JSONValue($0.size), JSONValue($0.bound)]) }
    )
    return try Int64.fetchAll(
      db,
      sql: """
        WITH quota AS MATERIALIZED (SELECT json_extract(value, '$[0]') AS name,
            json_extract(value, '$[1]') AS size, json_extract(value, '$[2]') AS bound
          FROM json_each(?)),
          drawn AS NOT MATERIALIZED (SELECT trace.sequence, trace.id, \(Self.category) AS category,
            \(Self.place) AS place FROM \(source)),
          ranked AS (SELECT sequence, id, place, size,
              ROW_NUMBER() OVER (PARTITION BY name ORDER BY place, id) AS rank
            FROM drawn CROSS JOIN quota ON quota.name = drawn.category AND place <= bound)
        SELECT sequence FROM ranked WHERE rank <= size ORDER BY place, id
        """,
      arguments: [table.compact, DrawOrder(seed: seed).databaseKey] + arguments
    )
  }
}

/// Conditions on members of a trace's meta.
enum MetaCondition {
  /// The member has this very value: texts by their bytes, numbers by their value, lists and
  /// objects by their compact text.
  ///
  /// Of a repeated member the last counts, as everywhere.
  static func equality(_ member: JSONValue.Member) -> (sql: String, arguments: StatementArguments) {
    if case .string(let text) = member.value, member.key.hasSameBytes(as: "category") {
      return ("trace.category = ?", [text])
    }
    let (condition, arguments) = comparison(member.value)
    return (
      """
      (SELECT \(condition) FROM json_each(trace.payload, '$.meta') m
        WHERE m.key = ? ORDER BY m.id DESC LIMIT 1)
      """,
      arguments + [member.key]
    )
  }

  private static func comparison(
    _ value: JSONValue
  ) -> (sql: String, arguments: StatementArguments) {
    switch value {
    case .null: return ("m.type = 'null'", [])
    case .bool(let flag): return ("m.type = ?", [flag ? "true" : "false"])
    case .string(let text): return ("m.type = 'text' AND m.value = ?", [text])
    case .number(let number):
      let value: any DatabaseValueConvertible = number.int64 ?? number.double
      return ("m.type IN ('integer', 'real') AND m.value = ?", [value])
    case .array: return ("m.type = 'array' AND m.value = ?", [value.compact])
    case .object: return ("m.type = 'object' AND m.value = ?", [value.compact])
    }
  }
}

extension DrawOrder {
  /// The key as an integer of the database: the same 64 bits.
  fileprivate var databaseKey: Int64 { Int64(bitPattern: key) }
}

extension DatabaseFunction {
  /// `drawPlace(key, first, second)`: the place of a content in the draw of a seed; the content's
  /// sha256 comes as two times eight digits, which are texts that need no memory.
  static let drawPlace = DatabaseFunction("drawPlace", argumentCount: 3, pure: true) { values in
    guard let key = Int64.fromDatabaseValue(values[0]),
      let first = String.fromDatabaseValue(values[1]),
      let second = String.fromDatabaseValue(values[2])
    else { return Int64.max }
    return DrawOrder(key: UInt64(bitPattern: key)).place(ofHex: first, second)
  }
}
