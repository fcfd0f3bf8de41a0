public import Traces

/// How a trace's steps and answer become the text that a model learns to write.
public enum ReasoningStyle: String, Hashable, Sendable, CaseIterable, Codable {
  /// `Reasoning:`, one numbered line a step in list order, then `Answer: ` and the answer.
  case numbered

  /// The response's text, without a final line break.
  ///
  /// A trace without steps gives the answer line alone, and so does one whose steps only repeat
  /// its answer (`TraceStep.response`); line breaks inside a step stay.
  public func body(of trace: Trace) -> String {
    let answer = "Answer: " + trace.finalAnswer
    let steps = trace.steps.filter { $0.type != TraceStep.response }
    guard !steps.isEmpty else { return answer }
    let lines = steps.enumerated().map { "\($0.offset + 1). \($0.element.content)\n" }
    return "Reasoning:\n" + lines.joined() + answer
  }
}
