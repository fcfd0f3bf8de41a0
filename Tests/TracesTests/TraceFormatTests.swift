import Foundations
import TestSupport
import Testing
import Traces

/// Every format against records written by hand.
struct TraceFormatTests {
  static func records(_ format: TraceFormat) throws -> [JSONValue] {
    let bytes = try Fixture.bytes("traces/formats/\(format.rawValue).jsonl")
    return try JSONLines.lines(of: bytes).map { try $0.value() }
  }

  private func traces(_ format: TraceFormat) throws -> [Trace] {
    try Self.records(format).map { try format.trace(of: $0) }
  }

  @Test(arguments: TraceFormat.allCases)
  func `a file's format is told from its records`(format: TraceFormat) throws {
    #expect(try TraceFormat.detect(from: Self.records(format)) == format)
  }

  @Test(arguments: TraceFormat.allCases)
  func `what was read is written and read again as the same trace`(format: TraceFormat) throws {
    for trace in try traces(format) {
      let again = try format.trace(of: format.record(of: trace))

      #expect(again.contentHash == trace.contentHash, "\(format): \(again.json.compact)")
    }
  }

  @Test(arguments: TraceFormat.allCases)
  func `any format can be written and read by the others`(format: TraceFormat) throws {
    for trace in try traces(format) {
      for other in TraceFormat.allCases {
        // GSM8K and the reply-only format have no place for earlier turns, and our own keeps all.
        let keepsContext = ![.gsm8k, .think].contains(other)
        let again = try other.trace(of: other.record(of: trace))

        #expect(again.prompt == trace.prompt)
        #expect(again.finalAnswer == trace.finalAnswer, "\(format) as \(other)")
        #expect(!keepsContext || again.context == trace.context, "\(format) as \(other)")
      }
    }
  }

  @Test func `messages give prompt, reasoning, answer, context and meta`() throws {
    let traces = try traces(.messages)

    #expect(traces[0].prompt == "What is 6 x 7?")
    #expect(traces[0].finalAnswer == "42")
    #expect(traces[0].steps.map(\.content) == ["Six sevens.", "That is 42."])
    #expect(traces[0].steps.map(\.type) == ["reasoning", "reasoning"])
    #expect(traces[0].context == [TraceMessage(role: .system, content: "Be brief.")])
    #expect(traces[0].meta == ["source": "hand", "id": 7])
    #expect(traces[1].prompt == "And the next one?")
    #expect(traces[1].context.map(\.content) == ["Name a prime.", "Seven."])
    #expect(traces[1].steps.map(\.content) == ["After 7: 8, 9 and 10 are composite."])
  }

  @Test func `a completion without reasoning is its own answer`() throws {
    let traces = try traces(.promptCompletion)

    #expect(traces[0].finalAnswer == "Paris")
    #expect(traces[0].steps.map(\.type) == ["response"])
    #expect(traces[0].meta == nil)
    #expect(traces[1].finalAnswer == "5")
    #expect(
      traces[1].steps.map(\.content) == [
        "Half of 10 is 10 / 2.", "So the answer is $\\boxed{5}$.",
      ]
    )
    #expect(traces[1].meta == ["difficulty": 0.5])
    #expect(traces[2].finalAnswer == "42")
    #expect(traces[2].steps.map(\.content) == ["20 + 10 = 30\nso far", "7 + 5 = 12"])
  }

  @Test func `Alpaca's input follows its instruction`() throws {
    let traces = try traces(.alpaca)

    #expect(traces[0].prompt == "Sort the numbers.\n3 1 2")
    #expect(traces[0].finalAnswer == "1 2 3")
    #expect(traces[1].context.map(\.role) == [.system, .user, .assistant])
    #expect(traces[1].meta == ["license": "cc-by-4.0"])
    #expect(TraceFormat.alpaca.record(of: traces[0]) == (try Self.records(.alpaca)[0]))
  }

  @Test func `ShareGPT and OpenThoughts rows are read alike`() throws {
    let shared = try traces(.shareGPT)
    let thoughts = try traces(.openThoughts)

    #expect(shared.map(\.finalAnswer) == ["4", "3"])
    #expect(shared[1].steps.map(\.content) == ["2 + 1 = 3"])
    #expect(shared[1].context.map(\.role) == [.system, .user, .assistant])
    #expect(thoughts[0].steps.map(\.type) == ["reasoning", "reasoning", "solution"])
    #expect(thoughts[0].finalAnswer == "9")
    #expect(thoughts[0].meta == ["domain": "math"])
  }

  @Test func `GSM8K's calculator marks leave the text and stay in the step`() throws {
    let trace = try traces(.gsm8k)[0]

    #expect(trace.finalAnswer == "72")
    #expect(trace.steps[0].content == "It sold 48/2 = 24 clips in May.")
    #expect(trace.steps[0].extra.first?.value == "It sold 48/2 = <<48/2=24>>24 clips in May.")
    #expect(trace.steps.map(\.type) == ["calculation", "calculation"])
    #expect(TraceFormat.gsm8k.record(of: trace) == (try Self.records(.gsm8k)[0]))
  }

  @Test func `a reply's reasoning may stand in marks, beside it, or before a closing mark`() throws
  {
    let traces = try traces(.think)

    #expect(traces.map(\.finalAnswer) == ["No", "9", "Yes"])
    #expect(
      traces.flatMap(\.steps).map(\.content) == [
        "7 x 13 = 91.", "Digits go from 0 to 9.", "No small prime divides it.",
      ]
    )
    #expect(traces[0].meta == ["model": "r1"])
  }

  @Test func `our own records keep every byte of every number`() throws {
    let record = try Self.records(.tunix)[0]

    #expect(TraceFormat.tunix.record(of: try traces(.tunix)[0]).compact == record.compact)
  }
}

/// Records that are refused, and files whose format cannot be told.
struct TraceFormatRefusalTests {
  @Test(arguments: [
    (TraceFormat.messages, #"{"messages":[]}"#, "/messages"),
    (.messages, #"{"messages":[{"role":"user","content":"a"}]}"#, "/messages"),
    (
      .messages, #"{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}"#,
      "/messages/1"
    ),
    (
      .messages,
      #"{"messages":[{"role":"user","content":"a"},{"role":"tool","content":"b"}]}"#,
      "/messages/1/role"
    ),
    (
      .messages,
      #"{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":null}]}"#,
      "/messages/1/content"
    ),
    (.messages, #"{"messages":{}}"#, "/messages"),
    (.promptCompletion, #"{"prompt":"a"}"#, "/completion"),
    (.promptCompletion, #"{"prompt":"a","completion":"<think>b"}"#, "/completion"),
    (.promptCompletion, #"{"prompt":"a","completion":"<think>b</think>"}"#, "/completion"),
    (.promptCompletion, #"{"prompt":"","completion":"b"}"#, "/prompt"),
    (.alpaca, #"{"instruction":"a","output":5}"#, "/output"),
    (.alpaca, #"{"instruction":"a","output":"b","history":[["c"]]}"#, "/history/0"),
    (
      .shareGPT, #"{"conversations":[{"from":"human","value":"a"},{"from":"gpt"}]}"#,
      "/conversations/1/value"
    ),
    (.gsm8k, #"{"question":"a","answer":"no mark"}"#, "/answer"),
    (.think, #"{"question":"a","response":"<think>b"}"#, "/response"),
    (.tunix, #"{"prompt":"a","final_answer":"b"}"#, "/trace_version"),
    (.openThoughts, "[]", ""),
  ])
  func `a record's fault is named by its pointer`(
    format: TraceFormat,
    text: String,
    pointer: String
  ) throws {
    let record = try JSONValue(parsing: text)

    let error = #expect(throws: TraceError.self) { try format.trace(of: record) }

    #expect(error?.pointer == pointer)
  }

  @Test func `unknown members are named beside the formats`() {
    let error = #expect(throws: TraceFormatError.self) {
      try TraceFormat.detect(from: [["text": "a", "label": 1]])
    }

    #expect(error == .unknown(found: ["text", "label"]))
    for format in TraceFormat.allCases {
      #expect(error?.description.contains(format.rawValue) == true)
    }
  }

  @Test func `records that fit two formats are refused with both names`() {
    let both: JSONValue = [
      "instruction": "a", "output": "b", "messages": [["role": "user", "content": "a"]],
    ]

    #expect(throws: TraceFormatError.ambiguous([.messages, .alpaca])) {
      try TraceFormat.detect(from: [both])
    }
  }

  @Test func `a few odd records do not hide the format`() throws {
    let records = try TraceFormatTests.records(.gsm8k) + [["text": "odd"], 5]

    #expect(try TraceFormat.detect(from: records) == .gsm8k)
  }

  @Test func `long reasoning is cut into steps within the limits`() throws {
    let words = String(repeating: "word ", count: 9_000)
    let many = (0..<1_500).map { "Paragraph \($0)." }.joined(separator: "\n\n")

    let long = try TraceFormat.think.trace(
      of: ["question": "a", "response": .string("<think>\(words)</think>b")]
    )
    let packed = try TraceFormat.think.trace(
      of: ["question": "a", "response": .string("<think>\(many)</think>b")]
    )

    #expect(long.steps.count == 3)
    #expect(long.steps.allSatisfy { $0.content.hasPrefix("word ") && $0.content.hasSuffix("word") })
    #expect(packed.steps.count < 1_000)
    #expect(packed.steps.map(\.content).joined(separator: "\n\n") == many)
  }
}
