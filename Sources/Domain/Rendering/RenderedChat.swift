/// A conversation as the text that a model reads.
public struct RenderedChat: Hashable, Sendable {
  /// The whole text, control marks included.
  public let text: String
  /// What training learns, as ranges of UTF-8 bytes: each answer and its end-of-turn mark.
  public let supervised: [Range<Int>]
  /// Whether the text brings its own beginning-of-sequence mark; encoding must not add another.
  public let startsWithBOS: Bool
}

/// Collects a conversation's text and the ranges that are learned.
struct ChatWriter {
  private var text = ""
  private var length = 0
  private var supervised: [Range<Int>] = []

  mutating func append(_ piece: String) {
    text += piece
    length += piece.utf8.count
  }

  mutating func append(_ piece: String, isSupervised: Bool) {
    let start = length
    append(piece)
    if isSupervised { supervised.append(start..<length) }
  }

  /// A turn of ChatML; the line break after the end mark belongs to the template.
  mutating func appendChatML(_ role: ChatMessage.Role, _ content: String) {
    append("<|im_start|>\(role.rawValue)\n")
    append(content + "<|im_end|>", isSupervised: role == .assistant)
    append("\n")
  }

  func finished(startsWithBOS: Bool) -> RenderedChat {
    RenderedChat(text: text, supervised: supervised, startsWithBOS: startsWithBOS)
  }
}
