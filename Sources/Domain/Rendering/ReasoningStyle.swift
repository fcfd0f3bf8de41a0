public import Traces

/// How a trace's steps and answer become the text that a model learns to write.
public enum ReasoningStyle: String, Hashable, Sendable, CaseIterable, Codable {
  /// `Reasoning:`, one numbered line a step in list order, then `Answer: ` and the answer.
  case numbered
  /// The steps between `<think>` and `</think>`, a blank line apart, then the bare answer, as
  /// DeepSeek-R1 and Qwen3 write it.
  case think
  /// The steps between `<reasoning>` and `</reasoning>`, the answer between `<answer>` and
  /// `</answer>`, as Tunix's own examples write it.
  case tags

  /// The response's text, without a final line break.
  ///
  /// A trace without steps gives the answer alone, and so does one whose steps only repeat its
  /// answer (`TraceStep.response`); line breaks inside a step stay.
  public func body(of trace: Trace) -> String {
    let steps = trace.steps.filter { $0.type != TraceStep.response }.map(\.content)
    switch self {
    case .numbered:
      let answer = "Answer: " + trace.finalAnswer
      guard !steps.isEmpty else { return answer }
      // Every exported row passes here: one text that grows, not one a step.
      var text = "Reasoning:\n"
      text.reserveCapacity(steps.reduce(32 + answer.utf8.count) { $0 + $1.utf8.count + 8 })
      for (place, step) in steps.enumerated() {
        text += String(place + 1)
        text += ". "
        text += step
        text += "\n"
      }
      text += answer
      return text
    case .think:
      guard !steps.isEmpty else { return trace.finalAnswer }
      return "<think>\n" + steps.joined(separator: "\n\n") + "\n</think>\n\n" + trace.finalAnswer
    case .tags:
      let answer = "<answer>\n" + trace.finalAnswer + "\n</answer>"
      guard !steps.isEmpty else { return answer }
      return "<reasoning>\n" + steps.joined(separator: "\n\n") + "\n</reasoning>\n" + answer
    }
  }
}
