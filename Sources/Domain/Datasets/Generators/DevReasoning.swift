import Foundations
import Traces

/// The collection `dev-reasoning-v2`.
enum DevReasoning {
  static let reasoningCount = 385
  static let syntheticCount = 110
  static let goldenStyleCount = 35

  static func traces(seed: UInt64) -> [Trace] {
    var source = ProblemSource()
    var entries = reasoning(seed, &source)
    entries += synthetic(seed, &source)
    entries += goldenStyle(seed, &source)
    entries += edgeCases
    return entries.enumerated().map { index, entry in
      entry.problem.trace(meta: meta(of: entry, seed: seed, index: index))
    }
  }
}

/// A problem with the facts that its meta tells.
private struct Entry {
  let problem: Problem
  let category: String
  let kindKey: String
  let kind: String
}

extension DevReasoning {
  private static func reasoning(_ seed: UInt64, _ source: inout ProblemSource) -> [Entry] {
    var stream = RandomStream(seed: seed, name: "dev-reasoning-v2/reasoning")
    let templates = ReasoningProblems.allCases
    return (0..<reasoningCount).map { place in
      let template = templates[place % templates.count]
      let isEasy = (place / templates.count).isMultiple(of: 2)
      let problem = source.fresh(&stream) { template.problem(&$0, isEasy: isEasy) }
      return Entry(
        problem: problem,
        category: "reasoning",
        kindKey: "template_id",
        kind: template.rawValue
      )
    }
  }

  private static func synthetic(_ seed: UInt64, _ source: inout ProblemSource) -> [Entry] {
    var stream = RandomStream(seed: seed, name: "dev-reasoning-v2/synthetic")
    let tasks = SyntheticProblems.allCases
    return (0..<syntheticCount).map { place in
      let task = tasks[place % tasks.count]
      let problem = source.fresh(&stream) { task.problem(&$0, place: place / tasks.count) }
      return Entry(
        problem: problem,
        category: "synthetic",
        kindKey: "task_type",
        kind: task.rawValue
      )
    }
  }

  private static func goldenStyle(_ seed: UInt64, _ source: inout ProblemSource) -> [Entry] {
    var stream = RandomStream(seed: seed, name: "dev-reasoning-v2/golden-style")
    let tasks = GoldenStyleProblems.allCases
    return (0..<goldenStyleCount).map { place in
      let task = tasks[place % tasks.count]
      let problem = source.fresh(&stream) { task.problem(&$0) }
      return Entry(
        problem: problem,
        category: "golden_style",
        kindKey: "task_type",
        kind: task.rawValue
      )
    }
  }

  private static var edgeCases: [Entry] {
    EdgeCases.all.flatMap { group in
      group.problems.map { problem in
        Entry(problem: problem, category: "edge_case", kindKey: "case_type", kind: group.kind)
      }
    }
  }

  private static func meta(of entry: Entry, seed: UInt64, index: Int) -> [JSONValue.Member] {
    [
      JSONValue.Member(key: "dataset", value: "dev-reasoning-v2"),
      JSONValue.Member(key: "generator", value: "dev-reasoning-v2"),
      JSONValue.Member(key: "seed", value: JSONValue(seed)),
      JSONValue.Member(key: "category", value: .string(entry.category)),
      JSONValue.Member(key: entry.kindKey, value: .string(entry.kind)),
      JSONValue.Member(key: "index", value: JSONValue(index)),
    ]
  }
}
