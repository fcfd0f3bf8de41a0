import Datasets
import Foundations
import Testing
import Traces

struct TraceGeneratorTests {
  private let everything = TraceGenerator.allCases.flatMap { $0.traces() }

  @Test func `the composition of dev-reasoning-v2 is the documented one`() {
    let traces = TraceGenerator.devReasoningV2.traces()
    let counts = Dictionary(grouping: traces) { $0.category ?? "" }.mapValues(\.count)

    #expect(
      counts == ["reasoning": 385, "synthetic": 110, "golden_style": 35, "edge_case": 20]
    )
    #expect(traces.compactMap { $0.meta?["index"]?.int } == Array(0..<550))
    let kinds = Set(traces.compactMap { $0.meta?["case_type"]?.string })
    #expect(kinds.count == 10)
    #expect(Set(traces.compactMap { $0.meta?["template_id"]?.string }).count == 6)
  }

  @Test func `the golden sets have their sizes and cases`() {
    let first = TraceGenerator.goldenV1.traces()
    let second = TraceGenerator.goldenV2.traces()

    #expect(
      first.compactMap { $0.meta?["case"]?.string }
        == ["basic_math", "knowledge", "normalization", "format", "boolean"]
    )
    #expect(second.count { $0.meta?["case"] == "math_gen" } == 50)
    #expect(second.count { $0.meta?["case"] == "text_gen" } == 50)
    #expect(second.allSatisfy { $0.steps.count == 1 && $0.meta?["golden"] == "v2" })
  }

  @Test(arguments: TraceGenerator.allCases)
  func `the same seed gives the same traces`(generator: TraceGenerator) {
    #expect(generator.traces() == generator.traces(seed: 42))
  }

  @Test func `another seed gives other problems`() {
    let one = Set(TraceGenerator.devReasoningV2.traces(seed: 42).map(GroupKey.of))
    let other = Set(TraceGenerator.devReasoningV2.traces(seed: 43).map(GroupKey.of))

    #expect(one.subtracting(other).count > 200)
  }

  @Test func `every trace is valid and tells where it comes from`() throws {
    for trace in everything {
      try trace.validate()
      #expect(try Trace(json: JSONValue(parsing: trace.json.compact)) == trace)
      for key in ["dataset", "generator", "seed", "category", "index", "group_key"] {
        #expect(trace.meta?[key] != nil)
      }
      #expect(trace.steps.map(\.i) == Array(0..<trace.steps.count))
    }
  }

  @Test func `step counts follow the templates`() {
    for trace in TraceGenerator.devReasoningV2.traces() {
      switch trace.meta?["template_id"]?.string {
      case "percentage": #expect(trace.steps.count == 3)
      case .some: #expect(trace.steps.count == 4)
      case nil where trace.category == "synthetic": #expect(trace.steps.count == 2)
      default: continue
      }
    }
  }

  @Test func `problems hardly repeat in dev-reasoning-v2`() {
    let traces = TraceGenerator.devReasoningV2.traces()

    #expect(Set(traces.map(GroupKey.of)).count >= 545)
    #expect(Set(traces.map(\.prompt)).count >= 545)
  }

  @Test func `responses are short`() {
    let lengths = everything.map { trace in
      trace.steps.reduce(0) { $0 + $1.content.utf8.count } + trace.finalAnswer.utf8.count
    }

    #expect(lengths.max() ?? 0 <= 130)
    #expect(everything.allSatisfy { $0.finalAnswer.utf8.count <= 40 })
  }
}

/// Recomputes every answer from the prompt, without the generators' code.
struct GeneratedAnswerTests {
  private let everything = TraceGenerator.allCases.flatMap { $0.traces() }

  @Test func `every equation in every step holds`() {
    var equations = 0
    for trace in everything {
      for step in trace.steps {
        for (text, holds) in equationsIn(step.content) {
          equations += 1
          #expect(holds, "\(text) in \(trace.prompt)")
        }
      }
    }
    #expect(equations > 1_200)
  }

  @Test func `every answer of a worked template follows from its prompt's numbers`() {
    var checked = 0
    for trace in everything {
      guard let kind = trace.meta?["template_id"]?.string else { continue }
      let n = numbers(in: trace.prompt)
      let expected: Int
      switch kind {
      case "distance", "cost", "multiplication": expected = n[0] * n[1]
      case "addition": expected = n[0] + n[1]
      case "subtraction": expected = abs(n[0] - n[1])
      case "percentage": expected = n[0] * n[1] / 100
      default:
        Issue.record("unknown template \(kind)")
        continue
      }
      checked += 1
      #expect(n.count == 2, "\(trace.prompt)")
      #expect(numbers(in: trace.finalAnswer) == [expected], "\(trace.prompt)")
      #expect(
        numbers(in: trace.steps.last?.content ?? "").contains(expected) || kind == "percentage"
      )
    }
    #expect(checked == 385)
  }

  @Test func `every answer of a small task follows from its prompt`() {
    var checked: [String: Int] = [:]
    for trace in everything {
      guard let task = trace.meta?["task_type"]?.string, let expected = answer(task, trace.prompt)
      else { continue }
      checked[task, default: 0] += 1
      #expect(trace.finalAnswer == expected, "\(trace.prompt)")
    }
    #expect(
      checked == [
        "arithmetic": 28, "string_reversal": 28, "letter_sorting": 27, "membership": 27,
        "word_repetition": 12, "word_count": 12, "upper_casing": 11, "math_gen": 50,
        "text_gen": 50,
      ]
    )
  }

  private func answer(_ task: String, _ prompt: String) -> String? {
    let n = numbers(in: prompt)
    let quoted = prompt.split(separator: "\"").dropFirst().first.map(String.init) ?? ""
    switch task {
    case "arithmetic":
      if prompt.contains("+") { return "\(n[0] + n[1])" }
      return prompt.contains(" - ") ? "\(n[0] - n[1])" : "\(n[0] * n[1])"
    case "math_gen": return "\(n[0] + n[1])"
    case "string_reversal": return String(quoted.reversed())
    case "letter_sorting":
      return prompt.split { !$0.isLetter }.filter { $0.count == 1 }.sorted().joined()
    case "membership": return prompt.hasPrefix("No ") ? "No" : "Yes"
    case "word_repetition", "text_gen":
      return Array(repeating: quoted, count: n[0]).joined(separator: " ")
    case "word_count": return "\(quoted.split(separator: " ").count)"
    case "upper_casing": return quoted.uppercased()
    default: return nil
    }
  }

  /// The parts `a op b = c` of a step, each with whether it is true.
  private func equationsIn(_ step: String) -> [(String, Bool)] {
    let tokens = step.replacing(",", with: " ,").split(separator: " ")
    return tokens.indices.compactMap { place in
      guard place + 4 < tokens.count, tokens[place + 3] == "=", let a = Int(tokens[place]),
        let b = Int(tokens[place + 2]), let c = Int(tokens[place + 4])
      else { return nil }
      let text = tokens[place...(place + 4)].joined(separator: " ")
      switch tokens[place + 1] {
      case "+": return (text, a + b == c)
      case "-": return (text, a - b == c)
      case "x": return (text, a * b == c)
      case "/": return (text, b != 0 && a == b * c)
      default: return nil
      }
    }
  }
}

func numbers(in text: String) -> [Int] {
  text.split { !("0"..."9").contains($0) }.compactMap { Int($0) }
}
