public import Foundations
import Traces

/// One row of a JSON Lines format.
///
/// In the predecessor's formats `metadata` holds the format's own keys first; a key of the trace's
/// meta with the same name does not replace them. A `training_example` row's id follows from the
/// trace's id, so that the same export has the same bytes. Where a conversation led to the prompt,
/// a last member `context_messages` holds it.
struct ExportRow {
  let item: ExportItem
  let options: ExportOptions

  private var stored: StoredTrace { item.stored }
  private var trace: Trace { item.stored.trace }

  /// The row; nil for a format that has no JSON rows.
  func json(_ format: ExportFormat) -> JSONValue? {
    switch format {
    case .trace: withContext(traceRow)
    case .tunixSFT: tunixRow
    case .trainingExample: withContext(exampleRow)
    case .messages: messagesRow
    case .promptCompletion: promptRow
    case .csv, .parquet: nil
    }
  }

  private var traceRow: JSONValue {
    [
      "id": .string(stored.id.text), "prompts": .string(trace.prompt),
      "trace_steps": .array(trace.steps.map { .string($0.content) }),
      "final_answer": .string(trace.finalAnswer), "metadata": metadata(facts),
    ]
  }

  private var tunixRow: JSONValue {
    let format = JSONValue.Member(key: "format", value: "tunix_sft")
    return [
      "id": .string(stored.id.text), "prompts": .string(GemmaTurn.trainingText(trace)),
      "final_answer": .string(trace.finalAnswer), "metadata": metadata(facts + [format]),
    ]
  }

  private var exampleRow: JSONValue {
    let source = JSONValue.Member(key: "source_trace_id", value: .string(stored.id.text))
    return [
      "id": .string(ExportRow.exampleID(of: stored.id)),
      "prompt": .string(TraceRendering.prompt(for: trace, instruction: .showSteps)),
      "response": .string(ReasoningStyle.numbered.body(of: trace)),
      "metadata": metadata([source] + facts),
    ]
  }

  private var messagesRow: JSONValue {
    let answer = ChatMessage(role: .assistant, content: options.style.body(of: trace))
    return [
      "messages": .array((question + [answer]).map(\.json)),
      "trace_id": .string(stored.id.text), "group_key": .string(item.groupKey),
    ]
  }

  /// Texts, or lists of messages where more than a question led to the answer.
  private var promptRow: JSONValue {
    let question = question
    let body = options.style.body(of: trace)
    let isConversation = question.count > 1
    let completion = ChatMessage(role: .assistant, content: body)
    return [
      "prompt": isConversation
        ? .array(question.map(\.json)) : .string(question.last?.content ?? ""),
      "completion": isConversation ? [completion.json] : .string(body),
      "trace_id": .string(stored.id.text), "group_key": .string(item.groupKey),
    ]
  }

  private var question: [ChatMessage] {
    TraceRendering(
      instruction: options.instruction,
      style: options.style,
      system: options.system
    ).question(of: trace)
  }

  private var facts: [JSONValue.Member] {
    [
      JSONValue.Member(key: "created_at", value: .string(Timestamp.text(of: stored.createdAt))),
      JSONValue.Member(key: "trace_version", value: .string(trace.traceVersion)),
    ]
  }

  private func metadata(_ fixed: [JSONValue.Member]) -> JSONValue {
    let own = (trace.meta?.object ?? []).filter { member in
      !fixed.contains { $0.key.hasSameBytes(as: member.key) }
    }
    return .object(fixed + own)
  }

  private func withContext(_ row: JSONValue) -> JSONValue {
    let context = trace.context
    guard !context.isEmpty else { return row }
    return row.setting(TraceMessage.contextKey, to: .array(context.map(\.json)))
  }

  private static func exampleID(of trace: Identifier<Trace>) -> String {
    let hash = ContentHash(ofText: "training_example:" + trace.text)
    return Identifier<StoredTrace>(derivedFrom: hash).text
  }
}

extension ChatMessage {
  /// The turn as `{"role", "content"}`.
  public var json: JSONValue {
    ["role": .string(role.rawValue), "content": .string(content)]
  }
}
