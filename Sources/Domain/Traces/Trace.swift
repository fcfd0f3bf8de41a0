public import Foundations

/// A question, the steps of its solution, and the answer.
public struct Trace: Hashable, Sendable {
  /// The version of the author's format.
  public var traceVersion: String
  /// The question as a model is asked it.
  public var prompt: String
  /// The bare answer.
  public var finalAnswer: String
  /// The reasoning; the list's order is the order of reading.
  public var steps: [TraceStep]
  /// Free-form facts about the trace: an object, or nil.
  public var meta: JSONValue?
  /// Members that the format does not name, kept as they came.
  public var extra: [JSONValue.Member]

  /// Makes a trace without checking the limits; `validate` does.
  public init(
    traceVersion: String = "1.0",
    prompt: String,
    finalAnswer: String,
    steps: [TraceStep],
    meta: JSONValue? = nil,
    extra: [JSONValue.Member] = []
  ) {
    self.traceVersion = traceVersion
    self.prompt = prompt
    self.finalAnswer = finalAnswer
    self.steps = steps
    self.meta = meta
    self.extra = extra
  }

  /// Reads and checks a trace of the wire format.
  public init(json: JSONValue) throws(TraceError) {
    let fields = try TraceFields(json, pointer: "")
    traceVersion = try fields.string("trace_version")
    prompt = try fields.string("prompt")
    finalAnswer = try fields.string("final_answer")
    steps = try Trace.steps(of: try fields.required("steps"))
    let meta = fields.optional("meta") ?? .null
    self.meta = meta.isNull ? nil : meta
    extra = fields.others(than: ["trace_version", "prompt", "final_answer", "steps", "meta"])
    try validate()
  }

  /// The trace as the wire format writes it.
  public var json: JSONValue {
    var members = [
      JSONValue.Member(key: "trace_version", value: .string(traceVersion)),
      JSONValue.Member(key: "prompt", value: .string(prompt)),
      JSONValue.Member(key: "final_answer", value: .string(finalAnswer)),
      JSONValue.Member(key: "steps", value: .array(steps.map(\.json))),
    ]
    if let meta { members.append(JSONValue.Member(key: "meta", value: meta)) }
    return .object(members + extra)
  }

  /// The trace's compact JSON, as it is stored: members in the order of `json`.
  public var compactText: String {
    var writer = JSONWriter(.compact, reserving: Self.usualBytes)
    writer.beginObject()
    writer.member("trace_version", traceVersion)
    writer.member("prompt", prompt)
    writer.member("final_answer", finalAnswer)
    writer.name("steps")
    writer.beginList()
    for step in steps { step.write(to: &writer) }
    writer.endList()
    if let meta { writer.member("meta", meta) }
    writer.members(extra)
    writer.endObject()
    return writer.text
  }

  /// The sha256 of the trace's canonical JSON (RFC 8785), which is written without building the
  /// trace's `json` where no member has to be put in its order among the others.
  public var contentHash: ContentHash {
    guard extra.isEmpty, !steps.contains(where: { !$0.extra.isEmpty }) else {
      return ContentHash(ofCanonical: json)
    }
    var writer = JSONWriter(.canonical, reserving: Self.usualBytes)
    writer.beginObject()
    writer.member("final_answer", finalAnswer)
    if let meta { writer.member("meta", meta) }
    writer.member("prompt", prompt)
    writer.name("steps")
    writer.beginList()
    for step in steps { step.writeCanonical(to: &writer) }
    writer.endList()
    writer.member("trace_version", traceVersion)
    writer.endObject()
    return writer.contentHash
  }

  /// Room that most traces need.
  private static let usualBytes = 1_024

  /// The trace's category, where its meta names one.
  public var category: String? { meta?["category"]?.string }
}

extension Trace {
  /// Checks every limit of the format.
  public func validate() throws(TraceError) {
    try checkLength(of: traceVersion, 1...Limits.traceVersionCharacters, pointer: "/trace_version")
    try checkLength(of: prompt, 1...Limits.tracePromptCharacters, pointer: "/prompt")
    try checkLength(of: finalAnswer, 1...Limits.traceAnswerCharacters, pointer: "/final_answer")
    if let meta, meta.object == nil {
      throw .wrongKind(pointer: "/meta", expected: "an object or null", found: meta.kind)
    }
    guard (1...Limits.traceSteps).contains(steps.count) else {
      throw .outOfBounds(
        pointer: "/steps",
        expected: "1 to \(Limits.traceSteps) steps",
        found: "\(steps.count)"
      )
    }
    var seen: Set<Int> = []
    var highest = -1
    for (place, step) in steps.enumerated() {
      do throws(TraceError) {
        try step.check()
      } catch {
        throw error.inside("/steps/\(place)")
      }
      // Most traces count upwards, and then nothing has to be remembered.
      let isNew = step.i > highest && seen.isEmpty
      if !isNew, seen.isEmpty { seen = Set(steps[..<place].map(\.i)) }
      highest = max(highest, step.i)
      guard isNew || seen.insert(step.i).inserted else {
        throw .repeatedStepIndex(pointer: "/steps/\(place)/i", index: step.i)
      }
    }
  }

  private static func steps(of value: JSONValue) throws(TraceError) -> [TraceStep] {
    guard case .array(let values) = value else {
      throw .wrongKind(pointer: "/steps", expected: "an array", found: value.kind)
    }
    var steps: [TraceStep] = []
    steps.reserveCapacity(values.count)
    for (place, value) in values.enumerated() {
      do throws(TraceError) {
        steps.append(try TraceStep(json: value))
      } catch {
        throw error.inside("/steps/\(place)")
      }
    }
    return steps
  }
}
