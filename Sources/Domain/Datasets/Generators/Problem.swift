import Foundations
import Traces

/// A question with its worked solution, before it becomes a trace.
struct Problem {
  /// The kind of a step.
  enum StepKind: String {
    case setup
    case calculation
    case reasoning
    case check
  }

  let prompt: String
  let answer: String
  let steps: [(StepKind, String)]
  let groupKey: String

  /// The trace with the meta members given, then the group key.
  func trace(meta: [JSONValue.Member]) -> Trace {
    let numbered = steps.enumerated().map { place, step in
      TraceStep(i: place, type: step.0.rawValue, content: step.1)
    }
    let key = JSONValue.Member(key: "group_key", value: .string(groupKey))
    return Trace(
      traceVersion: TraceGenerator.traceVersion,
      prompt: prompt,
      finalAnswer: answer,
      steps: numbered,
      meta: .object(meta + [key])
    )
  }
}

/// Draws problems until one is new, so that a collection does not repeat itself.
struct ProblemSource {
  private var used: Set<String> = []

  /// The first drawn problem whose group was not used; any problem after a thousand draws.
  mutating func fresh(
    _ stream: inout RandomStream,
    _ draw: (inout RandomStream) -> Problem
  ) -> Problem {
    var problem = draw(&stream)
    for _ in 0..<1_000 where used.contains(problem.groupKey) { problem = draw(&stream) }
    used.insert(problem.groupKey)
    return problem
  }
}
