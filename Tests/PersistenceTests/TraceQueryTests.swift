import Foundation
import Foundations
import GRDB
import Testing
import Traces

@testable import Persistence

struct TraceQueryTests {
  let database: DatabaseStore

  init() throws {
    database = try DatabaseStore.inMemory()
  }

  private func store(_ traces: [Trace]) throws -> [Identifier<Trace>] {
    let prepared = traces.map(PreparedTrace.init)
    return try database.insert(prepared: prepared, createdAt: Sample.time).map(\.id)
  }

  private func trace(_ prompt: String, _ meta: JSONValue? = nil) -> Trace {
    Trace(
      prompt: prompt,
      finalAnswer: "42",
      steps: [TraceStep(i: 0, type: "a", content: "Consider it.")],
      meta: meta
    )
  }

  private func found(_ filter: TraceFilter) throws -> [Identifier<Trace>] {
    try database.traces(TraceQuery(filter)).map(\.id)
  }

  private func found(_ search: String) throws -> [Identifier<Trace>] {
    try found(TraceFilter(search: TraceSearch(search)))
  }

  @Test func `words, beginnings, phrases and unwanted words find traces, the newest first`() throws
  {
    let ids = try store([
      trace("The fast train"), trace("A train that is fast"), trace("A slow boat"),
      trace("Über den Fluß"),
    ])

    #expect(try found("train") == [ids[1], ids[0]])
    #expect(try found("TRAIN fast") == [ids[1], ids[0]])
    #expect(try found("\"fast train\"") == [ids[0]])
    #expect(try found("tra*") == [ids[1], ids[0]])
    #expect(try found("fast -that") == [ids[0]])
    #expect(try found("uber") == [ids[3]])
    #expect(try found("consider boat") == [ids[2]])
    #expect(try found("absent").isEmpty)
  }

  @Test func `facts of every scalar kind are found, alone and with words`() throws {
    let ids = try store([
      trace("one", ["source": "gym", "seed": 42, "golden": true]),
      trace("two", ["source": "gym", "seed": 43, "golden": false]),
    ])

    #expect(try found(TraceFilter(facts: ["source": "gym"])) == [ids[1], ids[0]])
    #expect(try found(TraceFilter(facts: ["source": "gym", "seed": "42"])) == [ids[0]])
    #expect(try found(TraceFilter(facts: ["golden": "false"])) == [ids[1]])
    #expect(
      try found(TraceFilter(facts: ["source": "gym"], search: TraceSearch("two"))) == [ids[1]]
    )
    #expect(try found("gym").count == 2)
    #expect(try database.traceCount(TraceQuery(TraceFilter(facts: ["source": "gym"]))) == 2)
  }

  @Test func `tags and the archive narrow a list`() throws {
    let ids = try store((0..<4).map { trace("number \($0)") })
    _ = try database.changeTags(of: ids[0], adding: ["good", "short"], removing: [])
    _ = try database.changeTags(of: ids[2], adding: ["good"], removing: [])
    _ = try database.setArchived(ids[3], at: Sample.time)

    #expect(try found(TraceFilter()) == [ids[2], ids[1], ids[0]])
    #expect(try found(TraceFilter(archived: .only)) == [ids[3]])
    #expect(try found(TraceFilter(archived: .all)).count == 4)
    #expect(try found(TraceFilter(tags: ["good"])) == [ids[2], ids[0]])
    #expect(try found(TraceFilter(tags: ["good", "short"])) == [ids[0]])
    #expect(
      try found(TraceFilter(search: TraceSearch("number"), tags: ["good"])) == [ids[2], ids[0]]
    )
    #expect(try database.traceCount(TraceQuery(TraceFilter(archived: .only))) == 1)
    #expect(try database.traceTags().map(\.tag) == ["good", "short"])
  }

  @Test func `times narrow a list`() throws {
    let ids = try store([trace("one")])
    let later = Sample.time.addingTimeInterval(60)

    #expect(try found(TraceFilter(createdFrom: Sample.time, createdBefore: later)) == ids)
    #expect(try found(TraceFilter(createdFrom: later)).isEmpty)
    #expect(try database.traceCount(TraceQuery(TraceFilter(createdBefore: Sample.time))) == 0)
  }

  @Test func `pages of phrases are full although the index knows words only`() throws {
    let ids = try store(
      (0..<90).map { trace($0.isMultiple(of: 3) ? "blue sky \($0)" : "sky of blue \($0)") }
    )
    let filter = TraceFilter(search: try TraceSearch("\"blue sky\""))

    let first = try database.tracePage(TraceQuery(filter, limit: 7))
    let second = try database.tracePage(
      TraceQuery(filter, limit: 7, before: first.last?.sequence)
    )
    let offset = try database.traces(TraceQuery(filter, limit: 7, offset: 7))

    #expect(first.map(\.trace.id) == (0..<7).map { ids[87 - 3 * $0] })
    #expect(second.map(\.trace.id) == (7..<14).map { ids[87 - 3 * $0] })
    #expect(offset.map(\.id) == second.map(\.trace.id))
  }

  @Test func `no page of a large list sorts or scans`() throws {
    let filters = [
      TraceFilter(), TraceFilter(facts: ["source": "gym"]),
      TraceFilter(search: try TraceSearch("train fast")), TraceFilter(tags: ["good"]),
      TraceFilter(archived: .only),
    ]
    for filter in filters {
      let condition = TraceQuery(filter, before: 9).condition
      let join =
        condition.table == "trace"
        ? "" : "CROSS JOIN trace ON trace.sequence = \(condition.sequence)"
      let plan = try database.read { db in
        try Row.fetchAll(
          db,
          sql: """
            EXPLAIN QUERY PLAN SELECT trace.payload FROM \(condition.table) \(join)
            \(condition.text) ORDER BY \(condition.sequence) DESC LIMIT 20
            """,
          arguments: condition.arguments
        ).map { $0["detail"] as String }
      }
      #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(condition.table): \(plan)")
      #expect(!plan.contains { $0.hasPrefix("SCAN trace ") || $0 == "SCAN trace" }, "\(plan)")
    }
  }

  @Test func `a deleted trace is forgotten by the index and by everything beside it`() throws {
    let ids = try store([trace("one train"), trace("two trains")])
    _ = try database.changeTags(of: ids[0], adding: ["good"], removing: [])
    _ = try database.changeLabels(
      of: ids[0],
      setting: [StepLabel(step: 0, verdict: .wrong, createdAt: Sample.time)],
      clearing: []
    )

    #expect(try database.deleteTrace(ids[0]) == .deleted)
    #expect(try database.deleteTrace(ids[0]) == .unknown)

    #expect(try database.trace(ids[0]) == nil)
    #expect(try found("train").isEmpty && found("consider") == [ids[1]])
    #expect(try database.traceTags().isEmpty)
    #expect(try database.annotations(of: ids[0]) == nil)
    try database.execute(
      unchecked: "INSERT INTO traceSearch(traceSearch) VALUES('integrity-check')"
    )
  }

  @Test func `a trace of a dataset is not deleted, and the dataset is named`() throws {
    let traces = Sample.traces(20)
    try database.insert(traces: traces)
    try database.insert(dataset: try Sample.dataset(of: traces))

    #expect(
      try database.deleteTrace(traces[0].id) == .inUse(datasets: ["sample-v1"], runs: [])
    )
    #expect(try database.trace(traces[0].id) != nil)
  }

  @Test func `traces that were stored before there was an index are found after opening`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "old.sqlite")
    let traces = (0..<2_500).map { Sample.trace($0) }
    let old = try DatabaseQueue(path: file.path)
    try DatabaseStore.migrator.migrate(old, upTo: "06 model")
    try old.write { db in
      for stored in traces {
        try db.execute(
          sql: "INSERT INTO trace (id, createdAt, traceVersion, contentHash, payload) "
            + "VALUES (?, ?, ?, ?, ?)",
          arguments: [
            stored.id.text, Timestamp.text(of: stored.createdAt), "1.0", stored.contentHash.hex,
            stored.trace.json.compact,
          ]
        )
      }
    }
    try old.close()

    let store = try DatabaseStore(at: file)

    let query = TraceQuery(TraceFilter(search: try TraceSearch("1777")))
    #expect(
      try store.traces(query).map(\.trace)
        == [traces[1_776], traces[1_777]].reversed().map(\.trace)
    )
    let columns = try store.read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM trace WHERE sequence = 5")
    }
    let prepared = PreparedTrace(traces[4].trace)
    #expect(columns?["category"] == prepared.category)
    #expect(columns?["stepCount"] == prepared.stepCount)
    #expect(columns?["characterCount"] == prepared.characterCount)
    #expect(columns?["baselineScore"] == prepared.baselineScore)
  }

  @Test func `a zero character hides no facts of a trace that was stored before`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "old.sqlite")
    var traces = (0..<3).map { Sample.trace($0).trace }
    traces[1].prompt = "before \u{0} behind"
    let old = try DatabaseQueue(path: file.path)
    try DatabaseStore.migrator.migrate(old, upTo: "09 access")
    try old.write { db in
      let insertion = try TraceInsertion(db, createdAt: Sample.time, isIndexed: false)
      for (place, trace) in traces.enumerated() {
        _ = try insertion.add(PreparedTrace(trace))
        let words = place == 1 ? "before" : trace.indexText
        try db.execute(sql: SearchIndex.insertion, arguments: [place + 1, words])
      }
    }
    try old.close()

    let store = try DatabaseStore(at: file)

    for (words, expected) in [("behind", [traces[1]]), ("before", [traces[1]])] {
      let query = TraceQuery(TraceFilter(search: try TraceSearch(words)))
      #expect(try store.traces(query).map(\.trace) == expected)
    }
    let everything = try store.traceCount(TraceQuery())
    #expect(everything == 3)
  }
}
