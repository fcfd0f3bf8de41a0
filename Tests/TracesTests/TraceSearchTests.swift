import Foundations
import Testing

@testable import Traces

struct TraceSearchTests {
  private func expression(_ text: String) throws -> String {
    try TraceSearch(text).matchExpression
  }

  @Test func `words are joined, beginnings keep their star, unwanted words are left out`() throws {
    #expect(try expression("train speed") == #""train" AND "speed""#)
    #expect(try expression("tra*") == #""tra"*"#)
    #expect(try expression("train -slow -old*") == #"("train") NOT ("slow" OR "old"*)"#)
  }

  @Test func `what is no letter and no digit separates words and makes a phrase`() throws {
    let number = try TraceSearch("3.14")

    #expect(number.matchExpression == #""3" AND "14""#)
    #expect(number.needsCheck)
    #expect(try TraceSearch("a\"\"b").matchExpression == #""a" AND "b""#)
    #expect(try !TraceSearch("\"one\"").needsCheck)
  }

  @Test(arguments: [
    ("\"CAFÉ au lait\"", "one cafe\tAU\n lait", true),
    ("\"cafe au\"", "le Cafe\u{301} au bar", true),
    ("\"naïve bayes\"", "NAI\u{308}VE\u{A0}BAYES", true),
    ("\"cafe au\"", "café, au", false),
    ("\"au lait\"", "au la\u{200B}it", false),
    ("\"b c\"", "ab cd, b cd, ab c", false),
    ("\"b c\"", "ab cd (b c)", true),
    ("3.14", "13.145", false),
    ("3.14", "pi=3.14.", true),
    ("\"is 1\"*", "it is 17", true),
    ("\"is 1\"*", "this 1 is 2", false),
    ("\"is 1\" *", "it is 17", false),
    ("twenty-f*", "Twenty-five", true),
    ("twenty-f*", "a-twenty, f", false),
    ("\"b c\"", "b  d c", false),
  ])
  func `capitals, accents and the kind of white space do not matter to a phrase`(
    search: String,
    prompt: String,
    isFound: Bool
  ) throws {
    let trace = Trace(
      prompt: prompt,
      finalAnswer: "f",
      steps: [TraceStep(i: 0, type: "t", content: "s")]
    )

    #expect(try TraceSearch(search).accepts(trace) == isFound)
    // The look at the text alone may err, but never says no to what is found.
    let mayBeFound = try TraceSearch(search).mayAccept(json: trace.compactText)
    #expect(mayBeFound || !isFound)
  }

  @Test func `a text without escapes is enough to pass a trace over, any other is not`() throws {
    let search = try TraceSearch("\"Red  train\"")

    #expect(search.mayAccept(json: #"{"prompt":"a red train","steps":[]}"#))
    #expect(!search.mayAccept(json: #"{"prompt":"a red bus","steps":["train"]}"#))
    #expect(!search.mayAccept(json: #"{"prompt":"a red trains","steps":[]}"#))
    #expect(search.mayAccept(json: #"{"prompt":"a red\ntrain","steps":[]}"#))
    #expect(search.mayAccept(json: #"{"prompt":"a réd train","steps":[]}"#))
    #expect(try TraceSearch("red").mayAccept(json: "{}"))
  }

  @Test func `a phrase is looked for in every text, whatever its capitals and spaces`() throws {
    let trace = Trace(
      prompt: "The  Fast\nTrain",
      finalAnswer: "7",
      steps: [TraceStep(i: 0, type: "a", content: "It leaves at noon.")],
      meta: ["source": "rail gym"]
    )

    #expect(try TraceSearch("\"fast train\"").accepts(trace))
    #expect(try TraceSearch("\"leaves at noon\" \"rail gym\"").accepts(trace))
    #expect(try !TraceSearch("\"train fast\"").accepts(trace))
  }

  @Test(arguments: ["", "  ", "\"\"", "-x", "***", "- -", "\u{0}", "!?", "\"-a b", "a -b.c"])
  func `a search that asks for nothing is an error or has words`(text: String) {
    do {
      let search = try TraceSearch(text)
      #expect(!search.matchExpression.isEmpty)
    } catch {
      #expect("\(error)".hasPrefix("search: "))
    }
  }

  @Test func `a very long search is refused`() {
    #expect(throws: TraceError.self) {
      try TraceSearch(String(repeating: "a ", count: Limits.searchCharacters))
    }
  }
}

struct TraceFactsTests {
  private let trace = Trace(
    prompt: "a",
    finalAnswer: "b",
    steps: [TraceStep(i: 0, type: "a", content: "c")],
    meta: ["source": "hand", "seed": 42, "exact": 1.50, "golden": true, "none": .null, "list": []],
    extra: [
      JSONValue.Member(key: "license", value: "cc0"),
      JSONValue.Member(key: "source", value: "other"),
    ]
  )

  @Test func `scalars of meta are facts, members of the trace where meta has none`() {
    #expect(trace.fact("source") == "hand")
    #expect(trace.fact("license") == "cc0")
    #expect(trace.fact("seed") == "42")
    #expect(trace.fact("golden") == "true")
    #expect(trace.fact("none") == "null")
    #expect(trace.fact("list") == nil && trace.fact("absent") == nil)
    #expect(trace.has(facts: ["seed": "42", "license": "cc0"]))
    #expect(!trace.has(facts: ["seed": "43"]))
  }

  @Test func `the index gets words and a token for each fact`() {
    let lines = trace.indexText.split(separator: "\n").map(String.init)

    #expect(lines.starts(with: ["a", "b", "c"]))
    #expect(lines.contains("hand") && !lines.contains("42"))
    #expect(lines.contains(FactToken.text(key: "seed", value: "42")))
    #expect(lines.contains(FactToken.text(key: "license", value: "cc0")))
    #expect(FactToken.text(key: "a", value: "b") == "xe5eaa319043b0991")
  }

  @Test func `the baseline score rises with steps and their length, up to a bound`() {
    func score(_ steps: Int, _ characters: Int) -> Double {
      let steps = (0..<steps).map {
        TraceStep(i: $0, type: "a", content: String(repeating: "ä", count: characters))
      }
      return BaselineScore(of: Trace(prompt: "p", finalAnswer: "f", steps: steps)).value
    }

    #expect(score(1, 1) == 5.1)
    #expect(score(3, 100) == 25)
    #expect(score(10, 500) == 100 && score(20, 900) == 100)
  }
}
