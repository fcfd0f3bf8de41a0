import Foundations
import Rendering
import TestSupport
import Testing

struct ChatTemplateTests {
  /// The templates that the reference rendered.
  static let referenced: [ChatTemplate] = [.smollm2, .qwen2, .chatml, .llama3, .gemma]

  private func rendered(_ entry: JSONValue, by template: ChatTemplate) throws -> RenderedChat {
    let messages = try ChatMessage.messages(json: try #require(entry["messages"]))
    let prompt = entry["add_generation_prompt"] == true
    return try template.render(messages, addGenerationPrompt: prompt)
  }

  @Test func `SmolLM2 chats equal the reference byte for byte`() throws {
    let entries = try #require(try Fixture.json("chat_smollm2.json")["entries"]?.array)
    #expect(entries.count == 20)

    for entry in entries {
      let chat = try rendered(entry, by: .smollm2)

      let expected = try #require(entry["text"]?.string)
      #expect(chat.text.utf8.elementsEqual(expected.utf8))
      #expect(!chat.startsWithBOS)
    }
  }

  @Test(arguments: referenced)
  func `every template equals the reference, its errors too`(template: ChatTemplate) throws {
    let templates = try Fixture.json("chat_templates.json")["templates"]
    let reference = try #require(templates?[template.rawValue])
    let entries = try #require(reference["entries"]?.array)
    #expect(entries.count == 10)

    for entry in entries {
      if let message = entry["error"]?.string {
        #expect {
          try rendered(entry, by: template)
        } throws: { error in
          "\(error)".hasPrefix(message)
        }
      } else {
        let expected = try #require(entry["text"]?.string)
        #expect(try rendered(entry, by: template).text.utf8.elementsEqual(expected.utf8))
      }
    }
  }

  @Test(arguments: [ChatTemplate.qwen25, .qwen3, .llama3, .gemma])
  func `conversations in any order equal the published template's`(template: ChatTemplate) throws {
    let templates = try Fixture.json("chat_templates_more.json")["templates"]
    let entries = try #require(templates?[template.rawValue]?["entries"]?.array)
    #expect(entries.count == 40)

    for entry in entries {
      let expected = entry["text"]?.string.map { Array($0.utf8) }
      let chat = try? rendered(entry, by: template)
      #expect(chat.map { Array($0.text.utf8) } == expected, "\(entry.compact)")
    }
  }

  @Test(arguments: referenced)
  func `a model file's template text is recognised`(template: ChatTemplate) throws {
    let templates = try Fixture.json("chat_templates.json")["templates"]
    let text = try #require(templates?[template.rawValue]?["chat_template"]?.string)

    #expect(try ChatTemplate.recognise(templateText: text) == template)
    #expect(try ChatTemplate.recognise(templateText: text + "\n") == template)
  }

  @Test func `the learned ranges are the answers with their end-of-turn mark`() throws {
    let messages = [
      ChatMessage(role: .user, content: "café?"), ChatMessage(role: .assistant, content: " é! "),
      ChatMessage(role: .user, content: "more"), ChatMessage(role: .assistant, content: "no"),
    ]

    for template in ChatTemplate.allCases {
      let chat = try template.render(messages, addGenerationPrompt: false)
      let bytes = Array(chat.text.utf8)
      let learned = chat.supervised.map { String(decoding: bytes[$0], as: UTF8.self) }
      let first = template == .gemma || template == .llama3 ? "é!" : " é! "
      let last = template == .qwen3 ? "<think>\n\n</think>\n\nno" : "no"
      #expect(learned == [first + template.endOfTurn, last + template.endOfTurn])
    }
  }

  @Test func `a supervised token of the reference lies in a learned range`() throws {
    let entries = try #require(try Fixture.json("chat_smollm2.json")["entries"]?.array)

    for entry in entries {
      guard let mask = entry["supervised"]?.array?.compactMap(\.int) else { continue }
      let chat = try rendered(entry, by: .smollm2)
      let runs = zip(mask, [0] + mask).count { $0 == 1 && $1 == 0 }
      #expect(chat.supervised.count == runs)
    }
  }

  @Test func `nothing to render is an error`() {
    #expect(throws: RenderingError.noMessages) {
      try ChatTemplate.smollm2.render([], addGenerationPrompt: true)
    }
    #expect(throws: RenderingError.systemWithoutUser) {
      try ChatTemplate.gemma.render(
        [ChatMessage(role: .system, content: "Be brief.")],
        addGenerationPrompt: true
      )
    }
  }

  @Test func `a message with a foreign role names its place`() {
    #expect {
      try ChatMessage.messages(json: [["role": "tool", "content": "x"]])
    } throws: { error in
      "\(error)" == "message 0: the role \"tool\" is not one of system, user, assistant"
    }
  }
}
