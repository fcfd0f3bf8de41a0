import Foundations
import Testing
import Traces

/// Random traces and random damage.
struct TraceFormatPropertyTests {
  private static let words = [
    "add", "the", "number", "é", "😀", "so", "\"quoted\"", "a\\b", "x = 1,5", "<", ">>", "$5$", "\t",
  ]

  private static func text(_ random: inout RandomStream, lines: Int = 3) -> String {
    (0..<random.int(in: 1...lines)).map { _ in
      "w" + (0..<random.int(in: 1...6)).map { _ in random.choice(words) }.joined(separator: " ")
    }.joined(separator: random.choice(["\n", "\n\n", " "])).trimmed
  }

  private static func json(_ random: inout RandomStream, depth: Int = 0) -> JSONValue {
    switch random.int(in: 0...(depth < 3 ? 6 : 4)) {
    case 0: .null
    case 1: .bool(random.int(in: 0...1) == 0)
    case 2: JSONValue(random.int(in: -1_000_000...1_000_000))
    case 3: JSONValue(random.uniform() * 1e6)
    case 4: .string(text(&random))
    case 5: .array((0..<random.int(in: 0...3)).map { _ in json(&random, depth: depth + 1) })
    default:
      .object(
        (0..<random.int(in: 0...3)).map { place in
          JSONValue.Member(key: "k\(place)é", value: json(&random, depth: depth + 1))
        }
      )
    }
  }

  private static func trace(_ random: inout RandomStream) -> Trace {
    Trace(
      traceVersion: random.choice(["1.0", "2", "x"]),
      prompt: text(&random),
      finalAnswer: text(&random),
      steps: (0..<random.int(in: 1...5)).map { place in
        TraceStep(
          i: 3 * place + 1,
          type: random.choice(["calculation", "reasoning", "solution", "own"]),
          content: text(&random),
          extra: random.int(in: 0...1) == 0
            ? [] : [JSONValue.Member(key: "note", value: json(&random))]
        )
      },
      meta: random.int(in: 0...3) == 0 ? nil : ["seed": json(&random), "category": "c"],
      extra: [JSONValue.Member(key: "own_member", value: json(&random))]
    )
  }

  @Test func `any valid trace survives our own format byte for byte`() throws {
    var random = RandomStream(seed: 11, name: "traces")
    for _ in 0..<300 {
      let trace = Self.trace(&random)
      let line = JSONLines.Line(number: 1, bytes: Array(trace.json.compact.utf8))

      let again = try TraceLines.trace(of: line)

      #expect(again == trace)
      #expect(again.contentHash == trace.contentHash)
    }
  }

  @Test func `a trace writes itself as its json does, in both orders of members`() throws {
    var random = RandomStream(seed: 13, name: "texts")
    for place in 0..<300 {
      var trace = Self.trace(&random)
      // Without members of their own, traces are written without the way over a value.
      if place % 3 > 0 { trace.extra = [] }
      if place % 3 > 1 { for step in trace.steps.indices { trace.steps[step].extra = [] } }

      #expect(trace.compactText == trace.json.compact)
      #expect(trace.contentHash == ContentHash(ofCanonical: trace.json))
    }
  }

  /// A record with members taken away, repeated, or of another kind, at its top or in a step.
  private static func altered(_ json: JSONValue, _ random: inout RandomStream) -> JSONValue {
    guard case .object(var members) = json, !members.isEmpty else { return json }
    let place = random.int(in: 0...(members.count - 1))
    switch random.int(in: 0...4) {
    case 0: members.remove(at: place)
    case 1: members.append(JSONValue.Member(key: members[place].key, value: Self.json(&random)))
    case 2: members[place].value = Self.json(&random)
    case 3: members.insert(members[place], at: 0)
    default:
      for place in members.indices {
        guard case .array(var values) = members[place].value, !values.isEmpty else { continue }
        let index = random.int(in: 0...(values.count - 1))
        values[index] = altered(values[index], &random)
        members[place].value = .array(values)
      }
    }
    return .object(members)
  }

  @Test func `a trace is read from its text as it is read from its value, faults included`() {
    var random = RandomStream(seed: 14, name: "parsing")
    var refused = 0
    for _ in 0..<3_000 {
      var record = Self.trace(&random).json
      for _ in 0..<random.int(in: 0...2) { record = Self.altered(record, &random) }
      var text = Array((random.int(in: 0...1) == 0 ? record.compact : record.pretty).utf8)
      if random.int(in: 0...3) == 0 {
        text[random.int(in: 0...(text.count - 1))] = UInt8(random.int(in: 0...255))
      }

      let pulled = Result { try Trace(parsing: text) }
      let built = Result { try Trace(json: try JSONValue(parsing: text)) }

      switch (pulled, built) {
      case (.success(let one), .success(let other)): #expect(one == other)
      case (.failure(let one), .failure(let other)):
        refused += 1
        #expect("\(one)" == "\(other)")
      default: Issue.record("\(pulled) and \(built) of \(String(decoding: text, as: UTF8.self))")
      }
    }
    #expect((500...2_500).contains(refused))
  }

  @Test(arguments: TraceFormat.allCases)
  func `what a format wrote it reads to a trace that it writes the same`(
    format: TraceFormat
  ) throws {
    var random = RandomStream(seed: 12, name: format.rawValue)
    for _ in 0..<200 {
      let written = format.record(of: Self.trace(&random))

      let trace = try format.trace(of: written)
      let again = try format.trace(of: format.record(of: trace))

      #expect(again.contentHash == trace.contentHash, "\(written.compact)")
    }
  }

  @Test(arguments: TraceFormat.allCases)
  func `damaged records are refused or read, and never crash`(format: TraceFormat) throws {
    var random = RandomStream(seed: 13, name: format.rawValue)
    let seeds = try TraceFormatTests.records(format).map { Array($0.compact.utf8) }
    var refused = 0
    for _ in 0..<1_500 {
      var bytes = random.choice(seeds)
      switch random.int(in: 0...3) {
      case 0: bytes = Array(bytes.prefix(random.int(in: 0...bytes.count)))
      case 1:
        for _ in 0..<random.int(in: 1...8) {
          bytes[random.int(in: 0...(bytes.count - 1))] = UInt8(random.int(in: 0...255))
        }
      case 2:
        let place = random.int(in: 0...(bytes.count - 1))
        bytes.insert(contentsOf: random.choice(Self.hostile), at: place)
      default: bytes = (0..<random.int(in: 0...200)).map { _ in UInt8(random.int(in: 0...255)) }
      }
      do {
        let trace = try TraceLines.trace(of: JSONLines.Line(number: 9, bytes: bytes), in: format)
        try trace.validate()
      } catch let error as TraceLines.Rejection {
        refused += 1
        #expect(error.line == 9 && !error.reason.isEmpty && error.reason.utf8.count < 2_000)
      }
    }
    #expect(refused > 500)
  }

  private static let hostile: [[UInt8]] = [
    Array(repeating: UInt8(ascii: "["), count: 100_000),
    Array(String(repeating: "{\"a\":", count: 20_000).utf8),
    Array(String(repeating: "9", count: 50_000).utf8), Array("1e999999999".utf8),
    Array("\\ud800".utf8), Array("<think>".utf8), Array("\\boxed{".utf8), Array("<<".utf8),
    Array("####".utf8), [0], [0xFF, 0xFE],
  ]

  @Test(.timeLimit(.minutes(1)), arguments: TraceFormat.allCases)
  func `hostile members of the right name are refused quickly`(format: TraceFormat) throws {
    let long = String(repeating: "<think>\\boxed{<<", count: 20_000)
    let values: [JSONValue] = [
      .null, 1, [[:]], ["a": []], .string(long), .string(""), .string("\n\n\n"),
      .array(Array(repeating: ["role": "user", "content": "a"], count: 3_000)),
      .number(try #require(try JSONValue(parsing: "1e400").number)),
    ]
    let names = try #require(TraceFormatTests.records(format)[0].object).map(\.key)
    for name in names {
      for value in values {
        let record = try TraceFormatTests.records(format)[0].setting(name, to: value)
        _ = try? format.trace(of: record)
        _ = format.recognises(record)
      }
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

extension JSONValue {
  fileprivate var number: JSONNumber? {
    if case .number(let number) = self { number } else { nil }
  }
}
