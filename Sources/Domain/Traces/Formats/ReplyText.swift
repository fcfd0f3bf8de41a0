import Foundations

/// A model's reply taken apart: its reasoning, its solution and its bare answer.
///
/// Reasoning stands in `<think>…</think>`, `<reasoning>…</reasoning>` or between Sky-T1's thought
/// marks; what follows is the solution. Where the solution marks its answer (`MarkedAnswer`) the
/// answer is that, and the solution's paragraphs are steps of their own; else the solution is the
/// answer. A reply without reasoning or mark is one answer, repeated in steps of type `response`,
/// because a trace has at least one step.
struct ReplyText {
  private(set) var steps: [TraceStep] = []
  private(set) var finalAnswer = ""

  /// Takes a reply apart; `reasoning` is what came in a member of its own.
  init(_ text: String, reasoning: String? = nil, pointer: String) throws(TraceError) {
    let parts = try ReplyText.parts(of: text, pointer: pointer)
    var thought = [reasoning ?? "", parts.reasoning].filter { !$0.isEmpty }
      .joined(separator: "\n\n")
    var (solution, answer) = ReplyText.unwrapped(parts.solution)
    if TextPieces.trimmed(thought).isEmpty, let numbered = ReplyText.numbered(solution) {
      (thought, solution) = numbered
    }
    guard !(answer ?? solution).isEmpty else {
      throw .wrongKind(
        pointer: pointer,
        expected: "an answer" + (thought.isEmpty ? "" : " after the reasoning"),
        found: "none"
      )
    }
    add(TextPieces.steps(of: thought), type: TraceStep.reasoning)
    let marked = answer == nil ? MarkedAnswer(in: solution) : nil
    finalAnswer = answer ?? marked?.answer ?? solution
    if answer != nil || marked?.isWhole == false {
      add(TextPieces.steps(of: solution), type: TraceStep.solution)
    }
    if steps.isEmpty { add(TextPieces.steps(of: finalAnswer), type: TraceStep.response) }
  }

  private mutating func add(_ contents: [String], type: String) {
    for content in contents {
      steps.append(TraceStep(i: steps.count, type: type, content: content))
    }
  }

  /// The steps and the answer of our own `Reasoning:` block with numbered lines and `Answer:`.
  private static func numbered(_ text: String) -> (thought: String, answer: String)? {
    let head = "Reasoning:\n1. "
    guard text.utf8.starts(with: head.utf8), let end = TextPieces.last("\nAnswer: ", in: text)
    else { return nil }
    var contents: [String] = []
    let lines = text[..<end.lowerBound].utf8
      .split(separator: 0x0A, omittingEmptySubsequences: false).dropFirst()
    for line in lines {
      let next = "\(contents.count + 1). "
      if line.starts(with: next.utf8) {
        contents.append(String(Substring(line.dropFirst(next.utf8.count))))
      } else if let last = contents.popLast() {
        contents.append(last + "\n" + String(Substring(line)))
      }
    }
    return (contents.joined(separator: "\n\n"), TextPieces.trimmed(text[end.upperBound...]))
  }
}

extension ReplyText {
  /// The marks around reasoning, and those around what follows it.
  struct Marks {
    let open: String
    let close: String
    var solutionOpen = ""
    var solutionClose = ""

    static let think = Marks(open: "<think>", close: "</think>")
    static let reasoning = Marks(open: "<reasoning>", close: "</reasoning>")
    static let skyT1 = Marks(
      open: "<|begin_of_thought|>",
      close: "<|end_of_thought|>",
      solutionOpen: "<|begin_of_solution|>",
      solutionClose: "<|end_of_solution|>"
    )
    static let all = [think, reasoning, skyT1]
  }

  /// Whether a text carries marked reasoning.
  static func isMarked(_ text: String) -> Bool {
    text.utf8.contains(0x3C) && Marks.all.contains { TextPieces.last($0.close, in: text) != nil }
  }

  /// The reply that a trace's steps and answer make, its reasoning between marks.
  static func text(of trace: Trace, marks: Marks = .think) -> String {
    let thought = thought(of: trace)
    let solution = solution(of: trace)
    if thought.isEmpty { return solution }
    let opened = marks.solutionOpen.isEmpty ? "" : marks.solutionOpen + "\n\n"
    let closed = marks.solutionClose.isEmpty ? "" : "\n\n" + marks.solutionClose
    return marks.open + "\n" + thought + "\n" + marks.close + "\n\n" + opened + solution + closed
  }

  private static func thought(of trace: Trace) -> String {
    trace.steps.filter { ![TraceStep.solution, TraceStep.response].contains($0.type) }
      .map(\.content).joined(separator: "\n\n")
  }

  private static func solution(of trace: Trace) -> String {
    let solution = trace.steps.filter { $0.type == TraceStep.solution }.map(\.content)
      .joined(separator: "\n\n")
    if solution.isEmpty { return trace.finalAnswer }
    // A solution that does not mark this very answer gets the answer in marks of its own.
    let says = MarkedAnswer(in: solution)?.answer.hasSameBytes(as: trace.finalAnswer) == true
    return says ? solution : solution + "\n\n<answer>\n" + trace.finalAnswer + "\n</answer>"
  }

  private static func parts(
    of text: String,
    pointer: String
  ) throws(TraceError) -> (reasoning: String, solution: String) {
    // Most replies have no mark at all.
    guard text.utf8.contains(0x3C) else { return ("", TextPieces.trimmed(text)) }
    for marks in Marks.all {
      let open = TextPieces.first(marks.open, in: text)
      guard let close = TextPieces.last(marks.close, in: text) else {
        if let open, TextPieces.trimmed(text[..<open.lowerBound]).isEmpty {
          throw .wrongKind(
            pointer: pointer,
            expected: "\"\(marks.close)\" after \"\(marks.open)\"",
            found: "the end of the text"
          )
        }
        continue
      }
      var before = ""
      var thought = text[..<close.lowerBound]
      // A template that opens the thought itself leaves only the closing mark in the reply.
      if let open, open.upperBound <= close.lowerBound {
        before = TextPieces.trimmed(text[..<open.lowerBound])
        thought = text[open.upperBound..<close.lowerBound]
      }
      let after = TextPieces.trimmed(text[close.upperBound...])
      let solution = [before, after].filter { !$0.isEmpty }.joined(separator: "\n\n")
      return (TextPieces.trimmed(thought), solution)
    }
    return ("", TextPieces.trimmed(text))
  }

  /// A solution without `<answer>` or solution marks; where text surrounds the marked answer the
  /// solution is that text.
  private static func unwrapped(_ text: String) -> (solution: String, answer: String?) {
    for (open, close) in [
      (Marks.skyT1.solutionOpen, Marks.skyT1.solutionClose), ("<answer>", "</answer>"),
    ] {
      guard text.utf8.contains(0x3C), let start = TextPieces.first(open, in: text),
        let end = TextPieces.last(close, in: text),
        start.upperBound <= end.lowerBound
      else { continue }
      let inner = TextPieces.trimmed(text[start.upperBound..<end.lowerBound])
      let around = [text[..<start.lowerBound], text[end.upperBound...]].map(TextPieces.trimmed)
      if around.allSatisfy(\.isEmpty) || inner.isEmpty { return (inner, nil) }
      return (around.filter { !$0.isEmpty }.joined(separator: "\n\n"), inner)
    }
    return (text, nil)
  }
}

extension TraceStep {
  /// The type of a step read from a reply's marked reasoning.
  public static let reasoning = "reasoning"
  /// The type of a step read from a reply after its reasoning; it leads to the answer.
  public static let solution = "solution"
  /// The type of a step that repeats a reply without reasoning; renderings leave it out.
  public static let response = "response"
}
