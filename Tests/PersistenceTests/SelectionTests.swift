import Datasets
import Foundation
import Foundations
import Persistence
import Testing
import Traces

struct SelectionTests {
  let database: DatabaseStore
  let traces: [StoredTrace]

  /// 90 traces in three moments and three categories of 60, 20 and 10.
  init() throws {
    database = try DatabaseStore.inMemory()
    traces = (0..<90).map { number in
      let category = number < 60 ? "most" : number < 80 ? "some" : "few"
      let trace = Trace(
        prompt: "What is \(number) + 1?",
        finalAnswer: "\(number + 1)",
        steps: (0...(number % 4)).map {
          TraceStep(i: $0, type: "t", content: String(repeating: "c", count: 10 + number))
        },
        meta: [
          "category": .string(category), "rank": JSONValue(number % 10),
          "even": JSONValue(number.isMultiple(of: 2)), "none": .null, "list": [1, "a"],
          "quoted \"key\"": "x",
        ]
      )
      return StoredTrace(
        id: Identifier(derivedFrom: trace.contentHash),
        createdAt: Sample.time.addingTimeInterval(Double(number % 3)),
        trace: trace
      )
    }
    try database.insert(traces: traces)
  }

  private func chosen(_ recipe: DatasetRecipe) throws -> [Identifier<Trace>] {
    try database.candidates(of: recipe).map(\.id)
  }

  private func recipe(
    _ selection: SelectionStrategy,
    limit: Int,
    seed: UInt64? = nil,
    filters: JSONValue = [:]
  ) -> DatasetRecipe {
    DatasetRecipe(
      name: "d",
      version: "1",
      filters: filters,
      selection: selection,
      limit: limit,
      seed: seed
    )
  }

  /// The traces in the order of the draw, worked out without the database.
  private func drawn(seed: UInt64, from traces: [StoredTrace]) -> [StoredTrace] {
    let order = DrawOrder(seed: seed)
    return traces.map { (order.place(ofHex: $0.contentHash.hex), $0) }
      .sorted { ($0.0, $0.1.id) < ($1.0, $1.1.id) }
      .map(\.1)
  }

  @Test func `the newest come first, those of one moment by name`() throws {
    let expected = traces.sorted {
      $0.createdAt != $1.createdAt ? $0.createdAt > $1.createdAt : $0.id < $1.id
    }

    #expect(try chosen(recipe(.latest, limit: 40)) == expected.prefix(40).map(\.id))
  }

  @Test func `a draw is the seed's own order`() throws {
    let first = try chosen(recipe(.random, limit: 30, seed: 5))

    #expect(first == drawn(seed: 5, from: traces).prefix(30).map(\.id))
    #expect(try chosen(recipe(.random, limit: 30, seed: 6)) != first)
    #expect(try chosen(recipe(.random, limit: 500, seed: 5)).count == 90)
  }

  @Test func `a draw prefers nobody`() throws {
    var hits = [Int](repeating: 0, count: 90)
    for seed in 0..<400 {
      let taken = Set(drawn(seed: UInt64(seed), from: traces).prefix(45).map(\.id))
      for place in traces.indices where taken.contains(traces[place].id) { hits[place] += 1 }
    }

    // 400 draws of one half: mean 200, standard deviation 10; five of them on either side.
    #expect(hits.allSatisfy { (150...250).contains($0) }, "\(hits)")
  }

  @Test func `a stratified draw keeps the proportions and the draw's order`() throws {
    let names = try chosen(recipe(.stratified, limit: 18, seed: 3))

    let byName = Dictionary(uniqueKeysWithValues: traces.map { ($0.id, $0) })
    let taken = names.compactMap { byName[$0] }
    let counts = Dictionary(grouping: taken) { $0.trace.category ?? "" }.mapValues(\.count)
    #expect(counts == ["most": 12, "some": 4, "few": 2])
    #expect(taken == drawn(seed: 3, from: taken))
    for (category, count) in counts {
      let all = drawn(seed: 3, from: traces.filter { $0.trace.category == category })
      #expect(all.prefix(count).allSatisfy { taken.contains($0) })
    }
  }

  @Test func `the best by their own quality come first, then by the baseline score`() throws {
    let own = Trace(
      prompt: "best",
      finalAnswer: "1",
      steps: [TraceStep(i: 0, type: "t", content: "c")],
      meta: ["quality": 99.5]
    )
    let stored = StoredTrace(
      id: Identifier(derivedFrom: own.contentHash),
      createdAt: Sample.time,
      trace: own
    )
    try database.insert(traces: [stored])

    let names = try chosen(recipe(.quality, limit: 10))

    let scored = traces.sorted {
      (-score($0.trace), $0.id) < (-score($1.trace), $1.id)
    }
    #expect(names == [stored.id] + scored.prefix(9).map(\.id))
  }

  @Test func `scores that differ by less than a hundredth are told apart`() throws {
    // A character more among forty steps is a quarter of a hundredth, and the column keeps two
    // decimals; three have each score.
    let close = (0..<300).map { number in
      let trace = Trace(
        prompt: "close \(number)",
        finalAnswer: "1",
        steps: (0..<40).map {
          TraceStep(
            i: $0,
            type: "t",
            content: String(repeating: "c", count: $0 == 0 ? 100 + number / 3 : 5)
          )
        }
      )
      return StoredTrace(
        id: Identifier(derivedFrom: trace.contentHash),
        createdAt: Sample.time,
        trace: trace
      )
    }
    try database.insert(traces: close)
    let scored = (traces + close).sorted {
      (-score($0.trace), $0.id) < (-score($1.trace), $1.id)
    }

    for limit in [1, 2, 97, 100, 299, 300, 301, 350, 390, 1_000] {
      let names = try chosen(recipe(.quality, limit: limit))
      #expect(names == scored.prefix(limit).map(\.id), "limit \(limit)")
    }
  }

  @Test func `a quality that is no number is not looked at, and of two the last counts`() throws {
    let qualities = [#""99""#, "null", "[99]", "true", #"5,"quality":98"#, #"98,"quality":"x""#]
    let odd = try qualities.enumerated().map { number, text in
      let trace = try Trace(
        json: try JSONValue(
          parsing: """
            {"trace_version":"1.0","prompt":"odd \(number)","final_answer":"1",
            "steps":[{"i":0,"type":"t","content":"c"}],"meta":{"quality":\(text)},"quality":100}
            """
        )
      )
      return StoredTrace(
        id: Identifier(derivedFrom: trace.contentHash),
        createdAt: Sample.time,
        trace: trace
      )
    }
    try database.insert(traces: odd)

    let names = try chosen(recipe(.quality, limit: 96))

    #expect(names.first == odd[4].id)
    #expect(Set(names.suffix(5)) == Set(odd.map(\.id)).subtracting([odd[4].id]))
  }

  @Test func `shares of many traces are those of the whole draw`() throws {
    let many = (0..<4_000).map { number in
      let trace = Trace(
        prompt: "many \(number)",
        finalAnswer: "1",
        steps: [TraceStep(i: 0, type: "t", content: "c")],
        meta: ["category": .string(["many", "more", ""][min(number % 5, 2)]), "of": "many"]
      )
      return StoredTrace(
        id: Identifier(derivedFrom: trace.contentHash),
        createdAt: Sample.time,
        trace: trace
      )
    }
    try database.insert(traces: many)
    let shares = ["many": 20, "more": 20, "": 60]
    let order = drawn(seed: 9, from: many)
    let chosenByHand = shares.flatMap { name, share in
      order.filter { $0.trace.category == name }.prefix(share)
    }

    let names = try chosen(recipe(.stratified, limit: 100, seed: 9, filters: ["of": "many"]))

    #expect(names == drawn(seed: 9, from: chosenByHand).map(\.id))
  }

  private func score(_ trace: Trace) -> Double {
    let lengths = trace.steps.map(\.content.count)
    let mean = Double(lengths.reduce(0, +)) / Double(lengths.count)
    return 50 * min(Double(lengths.count) / 10, 1) + 50 * min(mean / 500, 1)
  }

  @Test(
    arguments: [
      (["category": "few"], 10), (["rank": 3], 9), (["rank": 3.0], 9), (["rank": "3"], 0),
      (["even": true], 45), (["none": .null], 90), (["absent": .null], 0),
      (["list": [1, "a"]], 90),
      (["list": [1]], 0), (["category": "most", "even": false], 30),
    ] as [(JSONValue, Int)]
  )
  func `a filter takes the traces with this very value`(filters: JSONValue, count: Int) throws {
    #expect(try chosen(recipe(.latest, limit: 500, filters: filters)).count == count)
  }

  @Test func `traces of a dataset can be left out`() throws {
    let some = traces.prefix(30).map(DatasetCandidate.init)
    let dataset = try DatasetBuilder.freeze(
      DatasetRecipe(name: "d", version: "1"),
      selected: Array(some),
      createdAt: Sample.time,
      buildID: .random()
    )
    try database.insert(dataset: dataset)

    let rest = try database.candidates(of: recipe(.latest, limit: 500), withoutThoseOf: "d-1")

    #expect(rest.count == 60)
    #expect(Set(rest.map(\.id)).isDisjoint(with: some.map(\.id)))
  }

  @Test(
    arguments: [
      #"{"group_key":"k"}"#, #"{"group_key":""}"#, #"{"group_key":5}"#, #"{"group_key":null}"#,
      #"{"group_key":["k"]}"#, #"{"group_key":"a","group_key":"b"}"#, "null",
      #"{"group_key":"a","group_key":7}"#, #"{"group_key":"q\"\u0000\n\u00e9"}"#, "{}",
      #"{"in":{"group_key":"k"}}"#, #"{"category":"c","category":"d"}"#, #"{"category":4}"#,
    ]
  )
  func `a candidate is read without its trace, and is the same`(meta: String) throws {
    let trace = try Trace(
      json: try JSONValue(
        parsing: """
          {"trace_version":"1.0","prompt":"Odd \\u0000 \\"prompt\\", \u{1F642} é?","final_answer":"e\u{301}",
          "steps":[{"i":0,"type":"t","content":"c\u{1F642}"},{"i":1,"type":"t","content":"d"}],
          "group_key":"not this","meta":\(meta)}
          """
      )
    )
    let stored = StoredTrace(
      id: Identifier(derivedFrom: trace.contentHash),
      createdAt: Sample.time,
      trace: trace
    )
    try database.insert(traces: [stored])

    #expect(try database.candidates(named: [stored.id]) == [DatasetCandidate(stored)])
  }

  @Test func `a damaged trace is named`() throws {
    try database.execute(unchecked: "DROP TRIGGER \"trace refuses UPDATE\"")
    try database.execute(
      unchecked: "UPDATE trace SET payload = '{' WHERE id = '\(traces[3].id)'"
    )

    let error = #expect(throws: PersistenceError.self) {
      try database.candidates(named: traces.map(\.id))
    }

    #expect(error?.description.contains(traces[3].id.text) == true, "\(String(describing: error))")
  }

  @Test func `a candidate is what the trace says`() throws {
    let found = try database.candidates(named: [traces[7].id])

    #expect(found == [DatasetCandidate(traces[7])])
    #expect(found.first?.stepCount == 4)
    #expect(found.first?.characterCount == "What is 7 + 1?8".count + 4 * 17)
  }
}
