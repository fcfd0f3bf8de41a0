import Foundations
import Rendering
import TestSupport
import Testing

struct ChatTemplateRecognitionTests {
  /// ChatML in other words than any fixture: loops over a slice, a namespace, comments, tools.
  private let wordyChatML = """
    {#- Turns of ChatML. -#}
    {%- set ns = namespace(written=0) -%}
    {%- if tools %}
        {{- '<|im_start|>system\\n' + (tools | tojson) + '<|im_end|>\\n' }}
    {%- endif %}
    {%- for message in messages[:] %}
        {%- set ns.written = ns.written + 1 %}
        {%- if message.role in ['system', 'user'] or message["role"] == "assistant" and not message.tool_calls %}
            {{- '<|im_start|>' ~ message.role + "\\n" + message.get('content', '') }}
            {{- '<|im_end|>' + '\\n' }}
        {%- else %}
            {{- raise_exception('unknown role') }}
        {%- endif %}
    {%- endfor %}
    {%- if add_generation_prompt is defined and add_generation_prompt %}
        {{- '<|im_start|>assistant\\n' }}
    {%- endif %}
    """

  private func error(_ text: String) -> String {
    do {
      return "recognised as \(try ChatTemplate.recognise(templateText: text))"
    } catch {
      return "\(error)"
    }
  }

  @Test func `a template in other words is recognised by what it writes`() throws {
    #expect(try ChatTemplate.recognise(templateText: wordyChatML) == .chatml)
  }

  @Test(arguments: ["tiny/gemma3_text", "tiny/qwen3"])
  func `the tiny models' template files are recognised`(model: String) throws {
    let bytes = try Fixture.bytes("\(model)/chat_template.jinja")

    let template = try ChatTemplate.recognise(
      templateText: String(decoding: bytes, as: UTF8.self)
    )

    #expect(template == (model == "tiny/qwen3" ? .chatml : .gemma))
  }

  @Test(arguments: [
    ("'<|im_end|>' + '\\n'", "'<|im_end|>'"),
    ("message.get('content', '')", "message.content | trim"),
    ("<|im_start|>assistant", "<|im_start|>model"),
    ("messages[:]", "messages[1:]"),
    ("{#- Turns of ChatML. -#}", "{{ bos_token }}"),
    ("'<|im_start|>assistant\\n'", "'<|im_start|>assistant\\n<think>\\n'"),
  ])
  func `a template that writes anything else is refused`(old: String, new: String) throws {
    let pieces = wordyChatML.split(separator: old, omittingEmptySubsequences: false)
    #expect(pieces.count > 1)

    let message = error(pieces.joined(separator: new))

    #expect(message.contains("writes conversations in its own way"))
    #expect(message.contains("--chat-template NAME"))
    #expect(message.contains("chatml, smollm2, qwen2, qwen2.5, qwen3, llama3, gemma"))
  }

  @Test(arguments: [
    "{% macro m() %}{% endmacro %}", "{{ messages | sort }}", "{{ strftime_now('%d') }}",
    "{% for m in messages %}", "{{ 'open", "{% if %}", "{{ (((( }}", "{{ x.y.z }}", "{% endfor %}",
    "{{ 1 / 0 }}", "{{ 'a' * 3 }}", "{{ messages[9].role }}", "{{ [1, 2 }}", "{{ 'a' 1 }}",
    "{{ 99999999999999999999 }}", "{%", "{{", "{#", "{{ -'a' }}", "{{ 5 % 0 }}",
  ])
  func `what the language has and is not known is named, never guessed`(text: String) {
    #expect(error(text).contains("it uses what is not known here"), "\(error(text))")
  }

  @Test func `a template that never ends is given up`() {
    let loop = "{% for a in messages[0].content.split('x') %}"
    let many =
      "{% set x = 'xxxxxxxxxxxxxxxx' %}" + String(repeating: "{% set x = x + x %}", count: 64)
    let nested = String(repeating: "(", count: 100_000)

    for text in [many + "{{ x }}", "{{ \(nested) }}", String(repeating: "{% if 1 %}", count: 5000)]
    {
      #expect(error(text).contains("too much work"), "\(error(text).prefix(200))")
    }
    #expect(error(loop).contains("not known"))
    #expect(error(String(repeating: "a", count: 1 << 20)).contains("too long"))
  }

  @Test func `known templates all differ on some conversation`() throws {
    let turns: [(ChatMessage.Role, String)] = [
      (.user, " 2 + 2? "), (.assistant, "<think>\nx\n</think>\n\n4"), (.user, "Sure?"),
    ]
    let messages = turns.map { ChatMessage(role: $0.0, content: $0.1) }

    let texts = try ChatTemplate.allCases.map {
      try $0.render(messages, addGenerationPrompt: false).text
    }

    #expect(Set(texts).count == ChatTemplate.allCases.count)
  }

  @Test func `a name stands for a template, another name lists the names`() throws {
    for template in ChatTemplate.allCases {
      #expect(try ChatTemplate(named: template.rawValue) == template)
    }
    #expect {
      try ChatTemplate(named: "vicuna")
    } throws: { error in
      "\(error)".contains("\"vicuna\"") && "\(error)".contains("llama3")
    }
  }
}
