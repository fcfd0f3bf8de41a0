public import Experiments
import GRDB

extension DatabaseStore {
  /// The runs that ended, counted by kind and by how they ended.
  public func runTallies() throws(PersistenceError) -> [RunTally] {
    let states = RunState.allCases.filter(\.isFinal).map { "'\($0.rawValue)'" }
    let within = RunTally.bounds.enumerated().map { place, bound in
      "COUNT(*) FILTER (WHERE seconds <= \(bound)) AS within\(place)"
    }
    return try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT kind, status, COUNT(*) AS runCount, COUNT(seconds) AS begunCount,
            TOTAL(seconds) AS seconds, \(within.joined(separator: ", "))
          FROM (
            SELECT kind, status,
              ROUND((julianday(completedAt) - julianday(startedAt)) * 86400, 3) AS seconds
            FROM run WHERE status IN (\(states.joined(separator: ", ")))
          ) GROUP BY kind, status ORDER BY kind, status
          """
      ).map(RunTally.init(row:))
    }
  }
}

extension RunTally {
  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "run", id: row["kind"])
    self.init(
      kind: try reader.choice("kind"),
      state: try reader.choice("status"),
      count: row["runCount"],
      begunCount: row["begunCount"],
      seconds: row["seconds"],
      withinBounds: Self.bounds.indices.map { row["within\($0)"] }
    )
  }
}
