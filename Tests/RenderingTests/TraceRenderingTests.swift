import Foundations
import Rendering
import TestSupport
import Testing
import Traces

struct TraceRenderingTests {
  private let trace = SampleTrace.sum

  @Test func `the response numbers the steps in list order and ends with the answer`() {
    let body = ReasoningStyle.numbered.body(of: trace)

    #expect(body == "Reasoning:\n1. 20 + 10 = 30\nso far\n2. 7 + 5 = 12\nAnswer: 42")
  }

  @Test func `a trace without steps is its answer line`() {
    let bare = Trace(prompt: "q", finalAnswer: " a ", steps: [])

    #expect(ReasoningStyle.numbered.body(of: bare) == "Answer:  a ")
  }

  @Test func `reasoning stands between the marks of its style`() {
    #expect(
      ReasoningStyle.think.body(of: trace)
        == "<think>\n20 + 10 = 30\nso far\n\n7 + 5 = 12\n</think>\n\n42"
    )
    #expect(
      ReasoningStyle.tags.body(of: trace)
        == "<reasoning>\n20 + 10 = 30\nso far\n\n7 + 5 = 12\n</reasoning>\n<answer>\n42\n</answer>"
    )
    let bare = Trace(prompt: "q", finalAnswer: "a", steps: [])
    #expect(ReasoningStyle.think.body(of: bare) == "a")
    #expect(ReasoningStyle.tags.body(of: bare) == "<answer>\na\n</answer>")
  }

  @Test func `steps that repeat a reply are left out`() {
    let bare = Trace(
      prompt: "q",
      finalAnswer: "a",
      steps: [TraceStep(i: 0, type: TraceStep.response, content: "a")]
    )

    #expect(ReasoningStyle.numbered.body(of: bare) == "Answer: a")
  }

  @Test func `what was said before stands before the question`() throws {
    let trace = try TraceFormat.messages.trace(
      of: [
        "messages": [
          ["role": "system", "content": "Own."], ["role": "user", "content": "One?"],
          ["role": "assistant", "content": "1"], ["role": "user", "content": "Next?"],
          ["role": "assistant", "content": "2"],
        ]
      ]
    )

    let question = TraceRendering().question(of: trace)
    let other = TraceRendering(system: "Other.").question(of: trace)

    #expect(question.map(\.role) == [.system, .user, .assistant, .user])
    #expect(question.prefix(3).map(\.content) == ["Own.", "One?", "1"])
    #expect(other.map(\.content).prefix(2) == ["Other.", "One?"])
    #expect(other.dropFirst() == question.dropFirst())
  }

  @Test func `Gemma's training text is this snapshot`() {
    #expect(
      GemmaTurn.trainingText(trace)
        == "<start_of_turn>user\nWhat is 27 + 15? <end_of_turn>\n<start_of_turn>model\n"
        + "Reasoning:\n1. 20 + 10 = 30\nso far\n2. 7 + 5 = 12\nAnswer: 42<end_of_turn>"
    )
  }

  @Test func `Gemma's system text stands before the prompt, an empty one nowhere`() {
    let plain = GemmaTurn.inferencePrefix(trace)

    #expect(
      GemmaTurn.inferencePrefix(trace, system: "Be brief.")
        == "<start_of_turn>user\nBe brief.\n\nWhat is 27 + 15? <end_of_turn>\n"
        + "<start_of_turn>model\n"
    )
    #expect(GemmaTurn.inferencePrefix(trace, system: "") == plain)
  }

  @Test func `the training text continues the inference prefix`() {
    #expect(
      GemmaTurn.trainingText(trace, system: "s").utf8
        .starts(with: GemmaTurn.inferencePrefix(trace, system: "s").utf8)
    )
  }

  @Test func `question and example share the very same prompt`() {
    let rendering = TraceRendering(system: "Be brief.")

    let question = rendering.question(of: trace)
    let example = rendering.example(of: trace)

    #expect(Array(example.dropLast()) == question)
    #expect(question.map(\.role) == [.system, .user])
    #expect(question.last?.content == "What is 27 + 15? \n\n" + AnswerInstruction.v1.text)
    #expect(AnswerInstruction.v1.text.hasSuffix("\nAnswer: <answer>"))
  }
}
