import Foundations
import Persistence
import Testing
import Traces

struct TraceRequestsTests {
  let database: DatabaseStore

  init() throws {
    database = try DatabaseStore.inMemory()
  }

  @Test func `a stored trace comes back as it was`() throws {
    let trace = Sample.trace(7)

    let outcome = try database.insert(traces: [trace])

    #expect(outcome.map(\.isNew) == [true])
    #expect(try database.trace(trace.id) == trace)
  }

  @Test func `the same content is stored once`() throws {
    let trace = Sample.trace(7)
    try database.insert(traces: [trace])
    let again = StoredTrace(id: .random(), createdAt: Sample.time, trace: trace.trace)

    let outcome = try database.insert(traces: [again, Sample.trace(8)])

    #expect(outcome.map(\.isNew) == [false, true])
    #expect(outcome.map(\.trace.id) == [trace.id, Sample.trace(8).id])
    #expect(try database.traceCount(TraceQuery()) == 2)
  }

  @Test func `a page begins with the newest trace`() throws {
    let traces = Sample.traces(5)
    try database.insert(traces: traces)

    let page = try database.traces(TraceQuery(limit: 2, offset: 1))

    #expect(page.map(\.id) == [traces[3].id, traces[2].id])
  }

  @Test func `filters look at members of meta`() throws {
    try database.insert(traces: Sample.traces(5))

    let query = TraceQuery(filters: ["category": "even"])

    #expect(try database.traceCount(query) == 3)
    #expect(try database.traces(query).allSatisfy { $0.trace.category == "even" })
    #expect(try database.traceCount(TraceQuery(filters: ["absent": "x"])) == 0)
  }

  @Test func `counts by a member of meta are ordered by frequency`() throws {
    try database.insert(traces: Sample.traces(5))

    let counts = try database.traceCounts(byMeta: "category")

    #expect(counts.map(\.value) == ["even", "odd"])
    #expect(counts.map(\.count) == [3, 2])
  }

  @Test func `the beginning of a name finds the trace and a wildcard finds nothing`() throws {
    let trace = Sample.trace(1)
    try database.insert(traces: [trace])

    let prefix = String(trace.id.text.prefix(8))

    #expect(try database.traceIDs(beginningWith: prefix, limit: 5) == [trace.id])
    #expect(try database.traceIDs(beginningWith: prefix.uppercased(), limit: 5) == [trace.id])
    #expect(try database.traceIDs(beginningWith: "%", limit: 5).isEmpty)
    #expect(try database.traceIDs(beginningWith: "", limit: 5).isEmpty)
  }

  @Test func `a trace cannot be changed`() throws {
    try database.insert(traces: [Sample.trace(1)])

    #expect(throws: PersistenceError.refused(reason: "a trace is immutable")) {
      try database.execute(unchecked: "UPDATE trace SET payload = '{}'")
    }
  }

  @Test func `a damaged payload is named by its row`() throws {
    let trace = Sample.trace(1)
    try database.insert(traces: [trace])
    try database.execute(unchecked: "DROP TRIGGER \"trace refuses UPDATE\"")
    try database.execute(unchecked: "UPDATE trace SET payload = '{}'")

    #expect(
      throws: PersistenceError.damagedRow(
        table: "trace",
        id: trace.id.text,
        reason: "trace /trace_version: this member is required"
      )
    ) {
      try database.trace(trace.id)
    }
  }
}
