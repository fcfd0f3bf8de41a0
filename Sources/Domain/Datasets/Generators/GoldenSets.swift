import Foundations
import Traces

/// The collections `golden-v1` and `golden-v2`.
enum GoldenSets {
  static let secondCount = 100

  /// Five hand-made traces; the seed is recorded and changes nothing.
  static func first(seed: UInt64) -> [Trace] {
    handMade.enumerated().map { index, entry in
      entry.problem.trace(
        meta: meta("golden-v1", version: "v1", kind: entry.kind, seed: seed, index: index)
      )
    }
  }

  /// Additions of two numbers from 1 to 100, then words to repeat; problems may come twice.
  static func second(seed: UInt64) -> [Trace] {
    var stream = RandomStream(seed: seed, name: "golden-v2")
    return (0..<secondCount).map { index in
      let isAddition = index < secondCount / 2
      let problem = isAddition ? sum(&stream) : repetition(&stream)
      let kind = isAddition ? "math_gen" : "text_gen"
      return problem.trace(
        meta: meta("golden-v2", version: "v2", kind: kind, seed: seed, index: index)
          + [JSONValue.Member(key: "idx", value: JSONValue(index))]
      )
    }
  }
}

extension GoldenSets {
  private static func meta(
    _ generator: String,
    version: String,
    kind: String,
    seed: UInt64,
    index: Int
  ) -> [JSONValue.Member] {
    [
      JSONValue.Member(key: "dataset", value: .string(generator)),
      JSONValue.Member(key: "generator", value: .string(generator)),
      JSONValue.Member(key: "seed", value: JSONValue(seed)),
      JSONValue.Member(key: "golden", value: .string(version)),
      JSONValue.Member(key: "case", value: .string(kind)),
      JSONValue.Member(key: "category", value: .string("golden_" + version)),
      JSONValue.Member(key: "task_type", value: .string(kind)),
      JSONValue.Member(key: "index", value: JSONValue(index)),
    ]
  }

  private static func sum(_ stream: inout RandomStream) -> Problem {
    let (a, b) = (stream.int(in: 1...100), stream.int(in: 1...100))
    let prompt = stream.choice([
      "What is \(a) plus \(b)?", "Find the sum of \(a) and \(b).", "\(a) + \(b) equals what?",
    ])
    let isSmall = a < 10 && b < 10
    let lines = isSmall ? ["\(a) + \(b) = \(a + b)"] : Arithmetic.addition(a, b)
    return Problem(
      prompt: prompt,
      answer: "\(a + b)",
      steps: [(.calculation, lines.joined(separator: ", "))],
      groupKey: GroupKey.commutative("add", [a, b])
    )
  }

  private static func repetition(_ stream: inout RandomStream) -> Problem {
    let word = stream.choice(WordLists.fruits)
    return GoldenStyleProblems.repetition(word, times: stream.int(in: 2...5), &stream)
  }

  private static let handMade: [(kind: String, problem: Problem)] = [
    (
      "basic_math",
      Problem(
        prompt: "What is 7 + 5?",
        answer: "12",
        steps: [(.calculation, "7 + 5 = 12")],
        groupKey: GroupKey.commutative("add", [7, 5])
      )
    ),
    (
      "knowledge",
      Problem(
        prompt: "Which city is the capital of Norway?",
        answer: "Oslo",
        steps: [(.reasoning, "the capital of Norway is Oslo")],
        groupKey: "capital:norway"
      )
    ),
    (
      "normalization",
      Problem(
        prompt: "  which   colour do BLUE and   yellow paint make ? ",
        answer: "green",
        steps: [(.reasoning, "blue and yellow paint make green")],
        groupKey: "mix:blue,yellow"
      )
    ),
    (
      "format",
      Problem(
        prompt: "Give the sum of 9 and 12 on a line that begins with \"Answer:\".",
        answer: "21",
        steps: [(.calculation, "9 + 12 = 21")],
        groupKey: GroupKey.commutative("add", [9, 12])
      )
    ),
    (
      "boolean",
      Problem(
        prompt: "Is 17 an odd number? Answer yes or no.",
        answer: "Yes",
        steps: [(.reasoning, "17 ends in 7, so it is odd")],
        groupKey: "odd:17"
      )
    ),
  ]
}
