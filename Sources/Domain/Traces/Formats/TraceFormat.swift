public import Foundations

/// A shape in which the field keeps reasoning data: how a record is recognised, read and written.
///
/// Members that a format does not name become the trace's `meta`, as they came. Reading what was
/// written gives the same trace, for every trace that was read from the format.
public enum TraceFormat: String, Hashable, Sendable, CaseIterable {
  /// Our own: `trace_version`, `prompt`, `steps`, `final_answer`, `meta`.
  case tunix
  /// Hugging Face chat rows: `messages` of `role` and `content`.
  case messages
  /// `prompt` and `completion` (or `response`), each a text or a list of messages.
  case promptCompletion = "prompt_completion"
  /// `instruction`, `input`, `output`, and optionally `system` and `history`.
  case alpaca
  /// `conversations` of `from` and `value`.
  case shareGPT = "sharegpt"
  /// `question` and `answer`, the bare answer after `####`.
  case gsm8k
  /// A question beside a reply that holds `<think>…</think>`, or its reasoning in its own member.
  case think
  /// ShareGPT rows whose replies carry a marked thought and solution.
  case openThoughts = "openthoughts"

  /// The members by which a record of the format is known.
  public var summary: String {
    switch self {
    case .tunix: "prompt, steps, final_answer"
    case .messages: "messages: [{role, content}]"
    case .promptCompletion: "prompt, completion"
    case .alpaca: "instruction, input, output"
    case .shareGPT: "conversations: [{from, value}]"
    case .gsm8k: "question, answer with ####"
    case .think: "question, response with <think>"
    case .openThoughts: "conversations with a marked thought"
    }
  }

  /// Whether a record has the format's members; its texts may still be refused.
  public func recognises(_ record: JSONValue) -> Bool { shape.recognises(record) }

  /// Reads and checks the trace of one record.
  ///
  /// An error's pointer is into the record, or, where the record was read but breaks a limit, into
  /// the trace made of it.
  public func trace(of record: JSONValue) throws(TraceError) -> Trace {
    let trace = try shape.trace(of: record)
    if self != .tunix { try trace.validate() }
    return trace
  }

  /// Reads and checks the trace of one record from its JSON text.
  ///
  /// Throws a `JSONError`, or a `TraceError` as `trace(of:)` does.
  public func trace(parsing text: [UInt8]) throws -> Trace {
    if self == .tunix { return try Trace(parsing: text) }
    return try trace(of: try JSONValue(parsing: text))
  }

  /// The trace as one record of the format.
  ///
  /// Only our own format keeps the indices and types of steps; the others write the steps as one
  /// text of paragraphs.
  public func record(of trace: Trace) -> JSONValue { shape.record(of: trace) }

  private var shape: any RecordShape.Type {
    switch self {
    case .tunix: TunixRecord.self
    case .messages: MessagesRecord.self
    case .promptCompletion: PromptCompletionRecord.self
    case .alpaca: AlpacaRecord.self
    case .shareGPT: ShareGPTRecord.self
    case .gsm8k: GSM8KRecord.self
    case .think: ThinkRecord.self
    case .openThoughts: OpenThoughtsRecord.self
    }
  }
}

/// What every format knows how to do.
protocol RecordShape {
  static func recognises(_ record: JSONValue) -> Bool
  static func trace(of record: JSONValue) throws(TraceError) -> Trace
  static func record(of trace: Trace) -> JSONValue
}
