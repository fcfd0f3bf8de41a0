import Foundations

extension ChatTemplate {
  /// The template that a model file's Jinja text stands for.
  ///
  /// The text is carried out on a set of conversations, and must write for each, byte for byte, what
  /// the template here writes, and refuse what it refuses. So a text may be spelled in any
  /// way, with branches for tools that stay unused; one that writes anything else, or that uses
  /// more of the language than is known here, is refused.
  public static func recognise(templateText: String) throws(RenderingError) -> ChatTemplate {
    var reason = "it writes conversations in its own way"
    do throws(TemplateError) {
      let statements = try TemplateParser.statements(of: templateText)
      for template in allCases where try template.agrees(with: statements) { return template }
    } catch {
      switch error {
      case .raised(let text): reason = "it refuses conversations: \(text)"
      case .unsupported(let what): reason = "it uses what is not known here: \(what)"
      case .tooLong: reason = "it is too long or takes too much work"
      }
    }
    throw .unknownTemplate(
      sha256: ContentHash(ofText: trimmedAsPython(templateText)).hex,
      beginning: String(trimmedAsPython(templateText).prefix(40)),
      reason: reason,
      known: allCases.map(\.rawValue)
    )
  }

  private func agrees(with statements: [TemplateStatement]) throws(TemplateError) -> Bool {
    for probe in Self.probes {
      let expected = try? render(probe.messages, addGenerationPrompt: probe.addsPrompt).text
      let found: String?
      do throws(TemplateError) {
        found = try TemplateEvaluator.text(of: statements, with: variables(for: probe))
      } catch .raised {
        found = nil
      }
      switch (expected, found) {
      case (nil, nil): continue
      case (let expected?, let found?) where expected.utf8.elementsEqual(found.utf8): continue
      default: return false
      }
    }
    return true
  }

  private func variables(for probe: Probe) -> [String: TemplateValue] {
    [
      "messages": .list(
        probe.messages.map { turn in
          .map(["role": .string(turn.role.rawValue), "content": .string(turn.content)])
        }
      ),
      "add_generation_prompt": .bool(probe.addsPrompt),
      // A text that writes the model's marks shows itself by these.
      "bos_token": .string(startOfText ?? "<bos_token>"), "eos_token": .string(endOfTurn),
      "tools": .none, "documents": .none,
    ]
  }
}

/// A conversation that a template is tried on.
private struct Probe {
  let messages: [ChatMessage]
  let addsPrompt: Bool

  init(_ turns: [(ChatMessage.Role, String)], addsPrompt: Bool) {
    messages = turns.map { ChatMessage(role: $0.0, content: $0.1) }
    self.addsPrompt = addsPrompt
  }
}

extension ChatTemplate {
  /// Every rule in which the known templates differ, and those of templates that are not known:
  /// default system turns, trimming, turns out of order, line ends, thinking, marks inside contents.
  private static var probes: [Probe] {
    let thought = "<think>\nIt is\n\n4.\n</think>\n\n4"
    return [
      Probe([(.user, "Hi")], addsPrompt: true),
      Probe([(.user, "Hi")], addsPrompt: false),
      Probe([(.system, "Be brief."), (.user, "Hi")], addsPrompt: true),
      Probe([(.user, "Hi"), (.assistant, "Hello!")], addsPrompt: false),
      Probe([(.user, "Hi"), (.assistant, "Hello!")], addsPrompt: true),
      Probe(
        [(.user, "  padded\u{A0} "), (.assistant, "\n\nanswer\n"), (.user, "\tnext\n")],
        addsPrompt: true
      ),
      Probe(
        [
          (.system, " a system \n"), (.user, "q"), (.assistant, "r"), (.user, "s"),
          (.assistant, " t "),
        ],
        addsPrompt: false
      ),
      Probe([(.system, ""), (.user, "")], addsPrompt: true),
      Probe([(.assistant, "first")], addsPrompt: false),
      Probe([(.user, "two"), (.user, "users")], addsPrompt: true),
      Probe([(.user, "a"), (.assistant, "b"), (.assistant, "c")], addsPrompt: false),
      Probe([(.user, "a"), (.system, " late "), (.user, "b")], addsPrompt: true),
      Probe([(.user, "{{ x }} <b>&amp;</b> 'q' \"d\" \\n café e\u{301}")], addsPrompt: true),
      Probe([(.user, "2 + 2?"), (.assistant, thought)], addsPrompt: false),
      Probe([(.user, "2 + 2?"), (.assistant, thought), (.user, "Sure?")], addsPrompt: true),
      Probe([(.user, "a"), (.assistant, thought), (.assistant, "b")], addsPrompt: false),
      Probe([(.user, "a"), (.assistant, "x</think>\n\ny</think>z")], addsPrompt: false),
      Probe(
        [(.user, "a"), (.assistant, "b"), (.user, "<tool_response>\nc\n</tool_response>")],
        addsPrompt: true
      ),
      Probe(
        [
          (.user, "a"), (.assistant, thought), (.user, "<tool_response>c</tool_response>"),
          (.assistant, "d"),
        ],
        addsPrompt: false
      ),
    ]
  }
}
