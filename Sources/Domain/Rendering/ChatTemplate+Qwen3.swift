extension ChatTemplate {
  /// Qwen3's rules: an answer that comes after the last question is written with its thinking between
  /// `<think>` and `</think>`, empty if it has none; the thinking of earlier answers is left out.
  ///
  /// The last question is the last user turn that is no tool's response. The generation prompt names
  /// no thinking: the model opens it itself.
  func renderQwen3(_ turns: [ChatMessage], _ addGenerationPrompt: Bool) -> RenderedChat {
    let question =
      turns.lastIndex { $0.role == .user && !Self.isToolResponse($0.content) } ?? turns.count - 1
    var writer = ChatWriter()
    for (place, turn) in turns.enumerated() {
      guard turn.role == .assistant else {
        writer.appendChatML(turn.role, turn.content)
        continue
      }
      let answer = ThoughtfulAnswer(turn.content)
      let isLast = place == turns.count - 1
      if place > question, isLast || !answer.thinking.isEmpty {
        writer.appendChatML(.assistant, answer.textWithThinking)
      } else {
        writer.appendChatML(.assistant, answer.text)
      }
    }
    if addGenerationPrompt { writer.append("<|im_start|>assistant\n") }
    return writer.finished(startsWithBOS: false)
  }

  private static func isToolResponse(_ content: String) -> Bool {
    content.utf8.starts(with: "<tool_response>".utf8)
      && content.utf8.reversed().starts(with: "</tool_response>".utf8.reversed())
  }
}

/// An answer taken apart into what was thought and what was said.
private struct ThoughtfulAnswer {
  /// What stands between the marks, line breaks around it removed.
  let thinking: String
  /// What follows the last closing mark.
  let text: String

  init(_ content: String) {
    let parts = content.pieces(between: "</think>")
    guard let first = parts.first, let last = parts.last, parts.count > 1 else {
      thinking = ""
      text = content
      return
    }
    let opened = first.strippingLineBreaks(end: true).pieces(between: "<think>").last ?? ""
    thinking = opened.strippingLineBreaks(start: true)
    text = last.strippingLineBreaks(start: true)
  }

  var textWithThinking: String {
    "<think>\n" + thinking.strippingLineBreaks(start: true, end: true) + "\n</think>\n\n"
      + text.strippingLineBreaks(start: true)
  }
}

extension String {
  /// The parts between occurrences of a mark, compared byte for byte.
  func pieces(between mark: String) -> [String] {
    let bytes = Array(utf8)
    let marks = Array(mark.utf8)
    guard let first = marks.first else { return [self] }
    var parts: [String] = []
    var start = 0
    var place = 0
    while place + marks.count <= bytes.count {
      if bytes[place] == first, bytes[place..<place + marks.count].elementsEqual(marks) {
        parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
        place += marks.count
        start = place
      } else {
        place += 1
      }
    }
    return parts + [String(decoding: bytes[start...], as: UTF8.self)]
  }

  fileprivate func strippingLineBreaks(start: Bool = false, end: Bool = false) -> String {
    var rest = unicodeScalars[...]
    while start, rest.first == "\n" { rest.removeFirst() }
    while end, rest.last == "\n" { rest.removeLast() }
    return String(rest)
  }
}
