import Foundation
import Foundations
import Rendering
import TestSupport
import Testing
import Traces

struct ExportWriterTests {
  private let trace = SampleTrace.sum

  private func item(_ trace: Trace, position: Int = 0) throws -> ExportItem {
    let id = try #require(Identifier<Trace>("0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e7f"))
    return ExportItem(
      stored: StoredTrace(
        id: id,
        createdAt: Date(timeIntervalSince1970: 0),
        trace: trace,
        contentHash: ContentHash(ofText: "content")
      ),
      position: position,
      split: "train",
      groupKey: "add:15,27"
    )
  }

  private func text(
    _ format: ExportFormat,
    _ items: [ExportItem],
    options: ExportOptions = ExportOptions()
  ) -> String {
    var writer = ExportWriter(format, options: options)
    let bytes = writer.begin() + writer.write(items) + writer.end()
    return String(decoding: bytes, as: UTF8.self)
  }

  private func row(
    _ format: ExportFormat,
    options: ExportOptions = ExportOptions()
  ) throws
    -> JSONValue
  {
    try JSONValue(parsing: text(format, [try item(trace)], options: options))
  }

  @Test func `a trace row is this snapshot`() throws {
    #expect(
      text(.trace, [try item(trace)])
        == #"{"id":"0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e7f","prompts":"What is 27 + 15? ","#
        + #""trace_steps":["20 + 10 = 30\nso far","7 + 5 = 12"],"final_answer":"42","#
        + #""metadata":{"created_at":"1970-01-01T00:00:00.000Z","trace_version":"1.0","#
        + #""id":"own","category":"r\u00e9asoning"}}"# + "\n"
    )
  }

  @Test func `a tunix_sft row is this snapshot`() throws {
    #expect(
      text(.tunixSFT, [try item(trace)])
        == #"{"id":"0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e7f","prompts":"<start_of_turn>user\n"#
        + #"What is 27 + 15? <end_of_turn>\n<start_of_turn>model\nReasoning:\n"#
        + #"1. 20 + 10 = 30\nso far\n2. 7 + 5 = 12\nAnswer: 42<end_of_turn>","final_answer":"42","#
        + #""metadata":{"created_at":"1970-01-01T00:00:00.000Z","trace_version":"1.0","#
        + #""format":"tunix_sft","id":"own","category":"r\u00e9asoning"}}"# + "\n"
    )
  }

  @Test func `a training_example row is this snapshot`() throws {
    #expect(
      text(.trainingExample, [try item(trace)])
        == #"{"id":"def8c9bf-8b27-8de2-9faf-97d78f0fd112","prompt":"What is 27 + 15? \n\n"#
        + #"Please show your reasoning steps.","response":"Reasoning:\n1. 20 + 10 = 30\nso far\n"#
        + #"2. 7 + 5 = 12\nAnswer: 42","metadata":{"source_trace_id":"#
        + #""0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e7f","created_at":"1970-01-01T00:00:00.000Z","#
        + #""trace_version":"1.0","id":"own","category":"r\u00e9asoning"}}"# + "\n"
    )
  }

  @Test func `a messages row is this snapshot`() throws {
    #expect(
      text(.messages, [try item(trace)])
        == #"{"messages":[{"role":"user","content":"What is 27 + 15? "},{"role":"assistant","#
        + #""content":"Reasoning:\n1. 20 + 10 = 30\nso far\n2. 7 + 5 = 12\nAnswer: 42"}],"#
        + #""trace_id":"0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e7f","group_key":"add:15,27"}"# + "\n"
    )
  }

  @Test func `a prompt_completion row is this snapshot`() throws {
    #expect(
      text(.promptCompletion, [try item(trace)])
        == #"{"prompt":"What is 27 + 15? ","completion":"Reasoning:\n1. 20 + 10 = 30\nso far\n"#
        + #"2. 7 + 5 = 12\nAnswer: 42","#
        + #""trace_id":"0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e7f","group_key":"add:15,27"}"# + "\n"
    )
  }

  @Test func `a comma-separated table is this snapshot`() throws {
    let hash = ContentHash(ofText: "content").hex
    #expect(
      text(.csv, [try item(trace)])
        == "position,trace_id,content_hash,split,group_key,category,source,license,trace_version,"
        + "created_at,prompt,response,final_answer,step_count,steps,meta,context_messages\r\n"
        + "0,0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e7f,\(hash),train,\"add:15,27\",réasoning,,,1.0,"
        + "1970-01-01T00:00:00.000Z,What is 27 + 15? ,\"Reasoning:\n1. 20 + 10 = 30\nso far\n"
        + "2. 7 + 5 = 12\nAnswer: 42\",42,2,"
        + #""[{""i"":7,""type"":""calculation"",""content"":""20 + 10 = 30\nso far""},"#
        + #"{""i"":2,""type"":""calculation"",""content"":""7 + 5 = 12""}]","#
        + #""{""id"":""own"",""created_at"":""never"",""category"":""réasoning""}","# + "\r\n"
    )
  }

  @Test func `no rows give no lines, and a table's head`() {
    #expect(text(.trace, []) == "")
    #expect(text(.csv, []).split(separator: "\r\n").count == 1)
    #expect(text(.parquet, []).hasPrefix("PAR1") && text(.parquet, []).hasSuffix("PAR1"))
  }

  @Test func `options change the texts of conversations`() throws {
    let options = ExportOptions(style: .think, instruction: .v1, system: "Be brief.")

    let messages = try row(.messages, options: options)["messages"]?.array ?? []
    let pair = try row(.promptCompletion, options: options)

    #expect(messages.compactMap { $0["role"]?.string } == ["system", "user", "assistant"])
    #expect(
      messages[1]["content"]?.string == "What is 27 + 15? \n\n" + AnswerInstruction.v1.text
    )
    #expect(messages[2]["content"]?.string == ReasoningStyle.think.body(of: trace))
    #expect(pair["prompt"]?.array == Array(messages.dropLast()))
    #expect(pair["completion"]?.array == messages.suffix(1))
  }

  @Test func `what was said before is in every format`() throws {
    let trace = try TraceFormat.messages.trace(
      of: [
        "messages": [
          ["role": "system", "content": "Own."], ["role": "user", "content": "One?"],
          ["role": "assistant", "content": "1"], ["role": "user", "content": "Next?"],
          ["role": "assistant", "content": "2"],
        ]
      ]
    )
    let item = try item(trace)

    let context: JSONValue = [
      ["role": "system", "content": "Own."], ["role": "user", "content": "One?"],
      ["role": "assistant", "content": "1"],
    ]
    for format in [ExportFormat.trace, .trainingExample] {
      #expect(try JSONValue(parsing: text(format, [item]))["context_messages"] == context)
    }
    let sft = try JSONValue(parsing: text(.tunixSFT, [item]))
    #expect(
      sft["prompts"]?.string
        == "<start_of_turn>user\nOwn.\n\nOne?<end_of_turn>\n<start_of_turn>model\n1<end_of_turn>\n"
        + "<start_of_turn>user\nNext?<end_of_turn>\n<start_of_turn>model\nAnswer: 2<end_of_turn>"
    )
    #expect(text(.csv, [item]).contains("\"[{\"\"role\"\":\"\"system\"\""))
  }

  @Test(arguments: ReasoningStyle.allCases)
  func `a reply in any style reads back as the same steps and answer`(style: ReasoningStyle) throws
  {
    let row = try JSONValue(
      parsing: text(.messages, [try item(trace)], options: ExportOptions(style: style))
    )

    let again = try TraceFormat.messages.trace(of: row)

    #expect(again.prompt == "What is 27 + 15? ")
    #expect(again.steps.map(\.content) == trace.steps.map(\.content))
    #expect(again.finalAnswer == "42")
  }
}
