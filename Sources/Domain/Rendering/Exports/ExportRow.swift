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

  /// Writes the row as one line; a format that has no JSON rows writes nothing.
  func write(_ format: ExportFormat, to writer: inout JSONWriter) {
    guard format.isJSONLines else { return }
    writer.beginObject()
    switch format {
    case .trace: writeTrace(to: &writer)
    case .tunixSFT: writeTunix(to: &writer)
    case .trainingExample: writeExample(to: &writer)
    case .messages: writeMessages(to: &writer)
    case .promptCompletion: writePrompt(to: &writer)
    case .csv, .parquet: break
    }
    writer.endObject()
    writer.endLine()
  }

  private func writeTrace(to writer: inout JSONWriter) {
    writer.member("id", stored.id.text)
    writer.member("prompts", trace.prompt)
    writer.name("trace_steps")
    writer.beginList()
    for step in trace.steps {
      writer.element()
      writer.write(step.content)
    }
    writer.endList()
    writer.member("final_answer", trace.finalAnswer)
    writeMetadata(facts, to: &writer)
    writeContext(to: &writer)
  }

  private func writeTunix(to writer: inout JSONWriter) {
    writer.member("id", stored.id.text)
    writer.member("prompts", GemmaTurn.trainingText(trace))
    writer.member("final_answer", trace.finalAnswer)
    writeMetadata(facts + [("format", "tunix_sft")], to: &writer)
  }

  private func writeExample(to writer: inout JSONWriter) {
    writer.member("id", ExportRow.exampleID(of: stored.id))
    writer.member("prompt", TraceRendering.prompt(for: trace, instruction: .showSteps))
    writer.member("response", ReasoningStyle.numbered.body(of: trace))
    writeMetadata([("source_trace_id", stored.id.text)] + facts, to: &writer)
    writeContext(to: &writer)
  }

  private func writeMessages(to writer: inout JSONWriter) {
    let answer = ChatMessage(role: .assistant, content: options.style.body(of: trace))
    writer.name("messages")
    write(question + [answer], to: &writer)
    writeOrigin(to: &writer)
  }

  /// Texts, or lists of messages where more than a question led to the answer.
  private func writePrompt(to writer: inout JSONWriter) {
    let question = question
    let body = options.style.body(of: trace)
    if question.count > 1 {
      writer.name("prompt")
      write(question, to: &writer)
      writer.name("completion")
      write([ChatMessage(role: .assistant, content: body)], to: &writer)
    } else {
      writer.member("prompt", question.last?.content ?? "")
      writer.member("completion", body)
    }
    writeOrigin(to: &writer)
  }

  private func write(_ messages: [ChatMessage], to writer: inout JSONWriter) {
    writer.beginList()
    for message in messages {
      writer.element()
      writer.write(message.json)
    }
    writer.endList()
  }

  private func writeOrigin(to writer: inout JSONWriter) {
    writer.member("trace_id", stored.id.text)
    writer.member("group_key", item.groupKey)
  }

  private var question: [ChatMessage] {
    TraceRendering(
      instruction: options.instruction,
      style: options.style,
      system: options.system
    ).question(of: trace)
  }

  private var facts: [(key: String, text: String)] {
    [
      ("created_at", Timestamp.text(of: stored.createdAt)),
      ("trace_version", trace.traceVersion),
    ]
  }

  private func writeMetadata(
    _ fixed: [(key: String, text: String)],
    to writer: inout JSONWriter
  ) {
    writer.name("metadata")
    writer.beginObject()
    for (key, text) in fixed { writer.member(key, text) }
    for member in trace.meta?.object ?? []
    where !fixed.contains(where: { $0.key.hasSameBytes(as: member.key) }) {
      writer.member(member.key, member.value)
    }
    writer.endObject()
  }

  private func writeContext(to writer: inout JSONWriter) {
    let context = trace.context
    guard !context.isEmpty else { return }
    writer.member(TraceMessage.contextKey, .array(context.map(\.json)))
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
