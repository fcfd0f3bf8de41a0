import Datasets
import Foundation
import Foundations
import Persistence
import Testing
import Traces

/// What a recipe's filters take, compared with a reading of the traces that knows no database.
struct SelectionFilterTests {
  let database: DatabaseStore
  let traces: [StoredTrace]

  /// The metas that filters easily mistake for one another.
  private static let metas: [String?] = [
    nil, "{}", #"{"a":1}"#, #"{"a":1.0}"#, #"{"a":1e0}"#, #"{"a":10e-1}"#, #"{"a":"1"}"#,
    #"{"a":"1.0"}"#, #"{"a":true}"#, #"{"a":"true"}"#, #"{"a":null}"#, #"{"a":"null"}"#,
    #"{"a":0}"#, #"{"a":-0}"#, #"{"a":-0.0}"#, #"{"a":0.5}"#, #"{"a":0.50}"#, #"{"a":5e-1}"#,
    #"{"a":9007199254740992}"#, #"{"a":9007199254740992.0}"#, #"{"a":9007199254740993}"#,
    #"{"a":1e300}"#, #"{"a":10e299}"#, #"{"a":[1,"x"]}"#, #"{"a":"[1,\"x\"]"}"#,
    #"{"a":{"b":1}}"#, #"{"a":"{\"b\":1}"}"#, #"{"a":""}"#, #"{"A":1}"#, #"{"b":{"a":1}}"#,
    #"{"a":1,"a":2}"#, #"{"a":2,"a":1}"#, #"{"a":1,"a":"1"}"#, #"{"a":1,"a":null}"#,
    #"{"category":"x","category":"y"}"#, #"{"category":"y","category":"x"}"#,
    #"{"category":"x"}"#, #"{"category":["x"]}"#, #"{"category":1}"#, #"{"Category":"x"}"#,
    #"{"category":"x","a":1}"#, #"{"category":"X"}"#, #"{"category":"x "}"#,
    #"{"q\"k":"v"}"#, #"{"qk":"v"}"#, #"{"b\\k":"v"}"#, #"{"":"v"}"#, #"{"a.b":"v"}"#,
    #"{"$":"v"}"#, #"{"n\nk":"v"}"#, #"{"k":"n\nv"}"#,
    "{\"k\":\"caf\u{E9}\"}", "{\"k\":\"cafe\u{301}\"}", "{\"caf\u{E9}\":1}", "{\"cafe\u{301}\":1}",
    #"{"k":"\#(String(repeating: "l", count: 256))"}"#,
    #"{"k":"\#(String(repeating: "l", count: 257))"}"#,
    #"{"k":"\#(String(repeating: "l", count: 258))"}"#,
  ]

  private static let filters: [String] =
    metas.compactMap(\.self) + [
      #"{"a":1,"category":"x"}"#, #"{"a":1.0,"a":1}"#, #"{"a":2}"#, #"{"category":"y"}"#,
      #"{"a":3}"#, #"{"zz":null}"#, #"{"source":"outside"}"#, #"{"a":[1, "x"]}"#,
    ]

  /// Every meta twice: alone, and where the trace itself has members of the filters' names.
  init() throws {
    database = try DatabaseStore.inMemory()
    traces = try Self.metas.enumerated().flatMap { number, meta in
      try [
        #""source":"outside""#, #""a":1,"category":"x","k":"v","source":"outside""#,
      ].enumerated().map { place, members in
        let text = """
          {"trace_version":"1.0","prompt":"\(number) \(place)","final_answer":"1",
          "steps":[{"i":0,"type":"t","content":"c"}],"meta":\(meta ?? "null"),\(members)}
          """
        let trace = try Trace(json: try JSONValue(parsing: text))
        return StoredTrace(
          id: Identifier(derivedFrom: trace.contentHash),
          createdAt: Sample.time,
          trace: trace
        )
      }
    }
    try database.insert(traces: traces)
  }

  @Test(arguments: filters)
  func `a filter takes what a plain reading takes`(text: String) throws {
    let filter = try JSONValue(parsing: text)
    let expected = traces.filter { Self.passes($0.trace, filter) }.map(\.id).sorted()

    for recipe in Self.recipes(filter) {
      #expect(try database.candidates(of: recipe).map(\.id).sorted() == expected)
    }
  }

  @Test func `a trace is found by its facts whatever characters its texts hold`() throws {
    let trace = Trace(
      prompt: "zero \u{0} and after",
      finalAnswer: "\u{0}1",
      steps: [TraceStep(i: 0, type: "t", content: "c\u{0}d")],
      meta: ["origin": "zeros", "category": "z"]
    )
    let stored = StoredTrace(
      id: Identifier(derivedFrom: trace.contentHash),
      createdAt: Sample.time,
      trace: trace
    )
    try database.insert(traces: [stored])

    for recipe in Self.recipes(["origin": "zeros", "category": "z"]) {
      #expect(try database.candidates(of: recipe) == [DatasetCandidate(stored)])
    }
    #expect(try database.traces(TraceQuery(filters: ["origin": "zeros"])) == [stored])
    #expect(try database.deleteTrace(stored.id) == .deleted)
    #expect(try database.traces(TraceQuery(filters: ["origin": "zeros"])).isEmpty)
  }

  @Test func `filters tell most of these traces apart`() throws {
    let sizes = try Self.filters.map { text in
      let filter = try JSONValue(parsing: text)
      return traces.count { Self.passes($0.trace, filter) }
    }

    #expect(sizes.count { $0 == 0 } >= 3)
    #expect(sizes.count { (1..<traces.count / 4).contains($0) } > 40)
  }

  @Test(arguments: SelectionStrategy.allCases.filter { $0 != .merge }, ["{}", #"{"a":1}"#])
  func `archived traces are left out`(selection: SelectionStrategy, text: String) throws {
    let filter = try JSONValue(parsing: text)
    let recipe = Self.recipe(selection, filter)
    let all = Set(try database.candidates(of: recipe).map(\.id))
    let hidden = Set(all.sorted().prefix(3))
    for id in hidden { _ = try database.setArchived(id, at: Sample.time) }

    let rest = Set(try database.candidates(of: recipe).map(\.id))

    #expect(hidden.count == 3)
    #expect(rest == all.subtracting(hidden))
  }

  private static func recipes(_ filter: JSONValue) -> [DatasetRecipe] {
    SelectionStrategy.allCases.filter { $0 != .merge }.map { recipe($0, filter) }
  }

  private static func recipe(_ selection: SelectionStrategy, _ filter: JSONValue) -> DatasetRecipe {
    DatasetRecipe(
      name: "d",
      version: "1",
      filters: filter,
      selection: selection,
      limit: 1_000,
      seed: 4
    )
  }

  /// Whether the meta's last member of each name has the filter's value.
  private static func passes(_ trace: Trace, _ filter: JSONValue) -> Bool {
    (filter.object ?? []).allSatisfy { wanted in
      let found = trace.meta?.object?.last { Array($0.key.utf8) == Array(wanted.key.utf8) }
      guard let found else { return false }
      switch (found.value, wanted.value) {
      case (.number(let one), .number(let other)):
        if let one = whole(one), let other = whole(other) { return one == other }
        return whole(one) == nil && whole(other) == nil && one.double == other.double
      case (.string(let one), .string(let other)): return Array(one.utf8) == Array(other.utf8)
      default: return found.value.compact == wanted.value.compact
      }
    }
  }

  /// A number that is whole, exactly, whatever its spelling.
  private static func whole(_ number: JSONNumber) -> Int64? {
    Int64(number.literal) ?? Int64(exactly: number.double)
  }
}
