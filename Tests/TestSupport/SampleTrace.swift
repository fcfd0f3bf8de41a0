import Foundations
public import Traces

/// Traces that several suites ask about.
public enum SampleTrace {
  /// A sum in two steps with what renderings must not mend: a trailing space, step indices out of
  /// order, a line break inside a step, and meta that bears names of an export's own.
  public static let sum = Trace(
    prompt: "What is 27 + 15? ",
    finalAnswer: "42",
    steps: [
      TraceStep(i: 7, type: "calculation", content: "20 + 10 = 30\nso far"),
      TraceStep(i: 2, type: "calculation", content: "7 + 5 = 12"),
    ],
    meta: ["id": "own", "created_at": "never", "category": "réasoning"]
  )
}
