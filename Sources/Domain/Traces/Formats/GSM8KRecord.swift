import Foundations

/// GSM8K: `{"question", "answer"}`, the answer's lines being the steps and its last line `#### x`.
///
/// Source: Cobbe et al., "Training Verifiers to Solve Math Word Problems" (2021). The calculator's
/// marks, `48/2 = <<48/2=24>>24`, are taken out of a step's content; the line as it stood is kept
/// in the step's member `annotated`.
enum GSM8KRecord: RecordShape {
  static let annotatedKey = "annotated"

  static func recognises(_ record: JSONValue) -> Bool {
    guard record["question"]?.string != nil, let answer = record["answer"]?.string else {
      return false
    }
    return TextPieces.last("\n####", in: answer) != nil || answer.utf8.starts(with: "####".utf8)
  }

  static func trace(of record: JSONValue) throws(TraceError) -> Trace {
    let fields = try TraceFields(record, pointer: "")
    var lines = TextPieces.lines(of: try fields.string("answer"))
    guard let last = lines.popLast(), last.utf8.starts(with: "####".utf8) else {
      throw .wrongKind(
        pointer: "/answer",
        expected: "a last line \"#### answer\"",
        found: "another last line"
      )
    }
    let answer = TextPieces.trimmed(last.dropFirst(4))
    // A bare "#### x" has no steps of its own; a trace has at least one.
    let steps = lines.isEmpty ? [TraceStep(i: 0, type: TraceStep.response, content: answer)] : []
    return Trace(
      prompt: try fields.string("question"),
      finalAnswer: answer,
      steps: steps + lines.enumerated().map { step($0.element, at: $0.offset) },
      meta: fields.meta(without: ["question", "answer"])
    )
  }

  static func record(of trace: Trace) -> JSONValue {
    let steps = trace.steps.filter { $0.type != TraceStep.response }.map { step in
      step.extra.first { $0.key == annotatedKey }?.value.string ?? step.content
    }
    // The format's answer is one line.
    let answer = TextPieces.lines(of: trace.finalAnswer).joined(separator: " ")
    let lines = steps + ["#### " + answer]
    return trace.record([
      "question": .string(trace.prompt), "answer": .string(lines.joined(separator: "\n")),
    ])
  }

  private static func step(_ line: String, at place: Int) -> TraceStep {
    let content = withoutCalculator(line)
    guard content.utf8.count < line.utf8.count, !content.isEmpty else {
      return TraceStep(i: place, type: TraceStep.reasoning, content: line)
    }
    let annotated = JSONValue.Member(key: annotatedKey, value: .string(line))
    return TraceStep(i: place, type: "calculation", content: content, extra: [annotated])
  }

  /// The line without `<<…>>`.
  private static func withoutCalculator(_ line: String) -> String {
    guard TextPieces.first("<<", in: line) != nil else { return line }
    var kept = ""
    var rest = line
    while let open = TextPieces.first("<<", in: rest) {
      kept += rest[..<open.lowerBound]
      let after = String(rest[open.upperBound...])
      guard let close = TextPieces.first(">>", in: after) else {
        return TextPieces.trimmed(kept + "<<" + after)
      }
      rest = String(after[close.upperBound...])
    }
    return TextPieces.trimmed(kept + rest)
  }
}
