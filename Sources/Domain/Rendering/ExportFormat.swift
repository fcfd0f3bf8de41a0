import Foundation
public import Foundations
public import Traces

/// The row formats in which traces leave the product, names as the predecessor had them.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable {
  /// The question, the steps' texts and the answer.
  case trace
  /// A Gemma training text under `prompts`.
  case tunixSFT = "tunix_sft"
  /// A prompt with an instruction, and the response to learn.
  case trainingExample = "training_example"

  /// One row.
  ///
  /// `metadata` holds the format's own keys first; a key of the trace's meta with the same name
  /// does not replace them. A `training_example` row's id follows from the trace's id, so that the
  /// same export has the same bytes.
  public func row(
    for stored: StoredTrace,
    instruction: AnswerInstruction = .showSteps
  ) -> JSONValue {
    let trace = stored.trace
    switch self {
    case .trace:
      return [
        "id": .string(stored.id.text), "prompts": .string(trace.prompt),
        "trace_steps": .array(trace.steps.map { .string($0.content) }),
        "final_answer": .string(trace.finalAnswer),
        "metadata": metadata(of: stored, fixed: facts(of: stored)),
      ]
    case .tunixSFT:
      let format = JSONValue.Member(key: "format", value: "tunix_sft")
      return [
        "id": .string(stored.id.text), "prompts": .string(GemmaTurn.trainingText(trace)),
        "final_answer": .string(trace.finalAnswer),
        "metadata": metadata(of: stored, fixed: facts(of: stored) + [format]),
      ]
    case .trainingExample:
      let source = JSONValue.Member(key: "source_trace_id", value: .string(stored.id.text))
      let prompt = TraceRendering.prompt(for: trace, instruction: instruction)
      return [
        "id": .string(exampleID(of: stored.id)), "prompt": .string(prompt),
        "response": .string(ReasoningStyle.numbered.body(of: trace)),
        "metadata": metadata(of: stored, fixed: [source] + facts(of: stored)),
      ]
    }
  }

  private func facts(of stored: StoredTrace) -> [JSONValue.Member] {
    [
      JSONValue.Member(
        key: "created_at",
        value: .string(Timestamp.text(of: stored.createdAt))
      ),
      JSONValue.Member(key: "trace_version", value: .string(stored.trace.traceVersion)),
    ]
  }

  private func metadata(of stored: StoredTrace, fixed: [JSONValue.Member]) -> JSONValue {
    let own = (stored.trace.meta?.object ?? []).filter { member in
      !fixed.contains { $0.key.hasSameBytes(as: member.key) }
    }
    return .object(fixed + own)
  }

  private func exampleID(of trace: Identifier<Trace>) -> String {
    let hash = ContentHash(ofText: "training_example:" + trace.text)
    return Identifier<StoredTrace>(derivedFrom: hash).text
  }
}
