import ArgumentParser
import Foundations
import Traces
import Workspace

struct TraceBenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how long lists, searches, filters and reads take in this workspace.",
    discussion: """
      Each kind of request is made --rounds times, with pages, words and traces drawn at random \
      from the workspace itself; the times are those of the use cases, without starting a process.
      """
  )

  @Option(help: "How often each kind of request is made.")
  var rounds = 200

  @Option(help: "The seed of what is drawn.")
  var seed: UInt64 = 42

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (1...100_000).contains(rounds) else {
      throw ValidationError("--rounds takes 1 to 100000")
    }
  }

  func run() async throws {
    let library = try options.openWorkspace().traces
    let total = try library.count()
    let sample = try library.page(limit: 1_000).traces
    guard !sample.isEmpty else { throw InputError(text: "the workspace has no trace to ask for") }
    var requests = TraceRequests(library: library, sample: sample, total: total, seed: seed)
    var rows: [(name: String, times: [Double])] = []
    for (name, request) in TraceRequests.kinds {
      var times: [Double] = []
      for _ in 0..<rounds {
        let clock = ContinuousClock()
        let begin = clock.now
        try request(&requests)
        times.append(Self.milliseconds(begin.duration(to: clock.now)))
      }
      rows.append((name, times.sorted()))
    }
    show(rows, total: total)
  }

  private func show(_ rows: [(name: String, times: [Double])], total: Int) {
    var table = TextTable("request", ">median ms", ">p95 ms", ">longest ms")
    for (name, times) in rows {
      table.add(name, Self.text(times, 0.5), Self.text(times, 0.95), Self.text(times, 1))
    }
    options.output.show(
      "\(total) traces, \(rounds) requests of each kind\n\n" + table.text(orWhenEmpty: ""),
      json: [
        "traces": JSONValue(total), "rounds": JSONValue(rounds),
        "requests": .object(
          rows.map { name, times in
            JSONValue.Member(
              key: name,
              value: [
                "median_ms": JSONValue(Self.quantile(times, 0.5)),
                "p95_ms": JSONValue(Self.quantile(times, 0.95)),
                "max_ms": JSONValue(Self.quantile(times, 1)),
              ]
            )
          }
        ),
      ]
    )
  }

  private static func quantile(_ times: [Double], _ part: Double) -> Double {
    times[min(times.count - 1, Int((Double(times.count) * part).rounded(.up)) - 1)]
  }

  private static func text(_ times: [Double], _ part: Double) -> String {
    HumanText.fixed(quantile(times, part), 2)
  }

  private static func milliseconds(_ duration: Duration) -> Double {
    Double(duration.components.attoseconds) / 1e15 + Double(duration.components.seconds) * 1e3
  }
}

/// Requests drawn from what a workspace holds.
private struct TraceRequests {
  typealias Request = @Sendable (inout TraceRequests) throws -> Void

  static let kinds: [(name: String, request: Request)] = [
    ("list: the newest 20", { _ = try $0.library.page(limit: 20) }),
    ("list: 20 by a cursor", { try $0.follow() }),
    ("list: 20 by an offset below 10000", { try $0.skip() }),
    ("filter: 20 with a fact", { try $0.filter() }),
    ("search: one word", { try $0.search(1) }),
    ("search: two words", { try $0.search(2) }),
    ("search: three words with a fact", { try $0.search(3, hasFact: true) }),
    ("read: one trace", { try $0.read() }),
  ]

  let library: TraceLibrary
  private let sample: [StoredTrace]
  private let total: Int
  private var stream: RandomStream
  private var cursor: String?

  init(library: TraceLibrary, sample: [StoredTrace], total: Int, seed: UInt64) {
    self.library = library
    self.sample = sample
    self.total = total
    stream = RandomStream(seed: seed, name: "trace-bench")
  }

  /// Walks on; begins anew behind the last page.
  private mutating func follow() throws {
    cursor = try library.page(limit: 20, after: cursor).nextCursor
  }

  private mutating func skip() throws {
    let offset = stream.int(in: 0...max(0, min(total - 1, 9_999)))
    _ = try library.page(limit: 20, offset: offset)
  }

  private mutating func filter() throws {
    _ = try library.page(TraceFilter(facts: fact()), limit: 20)
  }

  private mutating func search(_ count: Int, hasFact: Bool = false) throws {
    let trace = stream.choice(sample).trace
    let text = ([trace.prompt] + trace.steps.map(\.content)).joined(separator: " ")
    let words = text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    guard !words.isEmpty else { return }
    let drawn = (0..<count).map { _ in stream.choice(words) }.joined(separator: " ")
    let filter = TraceFilter(
      facts: hasFact ? fact() : [:],
      search: try TraceSearch(drawn)
    )
    _ = try library.page(filter, limit: 20)
  }

  private mutating func read() throws {
    _ = try library.annotated(stream.choice(sample).id.text)
  }

  private mutating func fact() -> [String: String] {
    let trace = stream.choice(sample).trace
    let facts = (trace.meta?.object ?? []).filter { ($0.value.factText?.utf8.count ?? 999) < 65 }
    guard !facts.isEmpty else { return ["source": "absent"] }
    let member = stream.choice(facts)
    return [member.key: member.value.factText ?? ""]
  }
}
