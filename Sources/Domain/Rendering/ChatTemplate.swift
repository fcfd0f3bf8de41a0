import Foundations

/// How a family of models writes a conversation as one text.
public enum ChatTemplate: String, Hashable, Sendable, CaseIterable, Codable {
  /// ChatML without a default system turn.
  case chatml
  /// ChatML as SmolLM2 uses it: its own system turn unless the conversation brings one.
  case smollm2
  /// ChatML as Qwen2 uses it: its own system turn unless the conversation brings one.
  case qwen2
  /// Gemma's turns: no system turn, contents trimmed, the text starts with `<bos>`.
  case gemma

  /// The template that a model file's Jinja text stands for.
  ///
  /// Texts are known by their sha256, white space at both ends removed; a text that differs in a
  /// byte may render differently, so it is refused.
  public static func recognise(templateText: String) throws(RenderingError) -> ChatTemplate {
    let trimmed = trimmedAsPython(templateText)
    let hash = ContentHash(ofText: trimmed).hex
    if let template = allCases.first(where: { $0.knownHash == hash }) { return template }
    throw .unknownTemplate(
      sha256: hash,
      beginning: String(trimmed.prefix(40)),
      known: allCases.map(\.rawValue)
    )
  }

  /// Writes a conversation; with `addGenerationPrompt` the text ends where the model is to answer.
  public func render(
    _ messages: [ChatMessage],
    addGenerationPrompt: Bool
  ) throws(RenderingError) -> RenderedChat {
    guard let first = messages.first else { throw .noMessages }
    if self == .gemma {
      return try renderGemma(messages, addGenerationPrompt: addGenerationPrompt)
    }
    var turns = messages
    if let text = defaultSystemText, first.role != .system {
      turns.insert(ChatMessage(role: .system, content: text), at: 0)
    }
    return renderChatML(turns, addGenerationPrompt: addGenerationPrompt)
  }

  /// The mark that ends a turn: the model's last token of an answer.
  public var endOfTurn: String {
    self == .gemma ? GemmaTurn.end : "<|im_end|>"
  }

  /// The system turn that the template adds where a conversation brings none.
  public var defaultSystemText: String? {
    switch self {
    case .chatml, .gemma: nil
    case .smollm2: "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
    case .qwen2: "You are a helpful assistant."
    }
  }
}

extension ChatTemplate {
  private var knownHash: String {
    switch self {
    case .chatml: "153280e3ff55d19da1398bdb3914ee2a51b80429bfaedde11d7d216c39db80f3"
    case .smollm2: "872be49dbb638044ad01b60388f48d469ff2980e5f0dccdc22ec907db54d0788"
    case .qwen2: "793202280c0910ab26bc6eb57c8212c2417324c6d8c4efd0d10d59092ab3e3eb"
    case .gemma: "8d9e3a3c114fb2053ec500184677af4f7e5f8ec2582443cd535834e68b3ade29"
    }
  }

  private func renderChatML(_ turns: [ChatMessage], addGenerationPrompt: Bool) -> RenderedChat {
    var writer = ChatWriter()
    for turn in turns {
      writer.append("<|im_start|>\(turn.role.rawValue)\n")
      if turn.role == .assistant {
        writer.appendSupervised(turn.content + endOfTurn)
      } else {
        writer.append(turn.content + endOfTurn)
      }
      writer.append("\n")
    }
    if addGenerationPrompt { writer.append("<|im_start|>assistant\n") }
    return writer.finished(startsWithBOS: false)
  }

  private func renderGemma(
    _ messages: [ChatMessage],
    addGenerationPrompt: Bool
  ) throws(RenderingError) -> RenderedChat {
    let system = messages.first?.role == .system ? messages.first : nil
    let turns = system == nil ? messages : Array(messages.dropFirst())
    guard !turns.isEmpty else { throw .systemWithoutUser }
    var writer = ChatWriter()
    writer.append("<bos>")
    for (place, turn) in turns.enumerated() {
      guard (turn.role == .user) == place.isMultiple(of: 2) else {
        throw .rolesDoNotAlternate(
          message: place + (system == nil ? 0 : 1),
          role: turn.role
        )
      }
      let role = turn.role == .assistant ? GemmaTurn.model : turn.role.rawValue
      writer.append(GemmaTurn.start + role + "\n")
      if place == 0, let system { writer.append(system.content + "\n\n") }
      let content = trimmedAsPython(turn.content)
      if turn.role == .assistant {
        writer.appendSupervised(content + GemmaTurn.end)
      } else {
        writer.append(content + GemmaTurn.end)
      }
      writer.append("\n")
    }
    if addGenerationPrompt { writer.append(GemmaTurn.start + GemmaTurn.model + "\n") }
    return writer.finished(startsWithBOS: true)
  }
}

/// Removes what Python's `str.strip` calls white space, which is what Jinja's `trim` does.
func trimmedAsPython(_ text: String) -> String {
  let scalars = text.unicodeScalars
  guard let first = scalars.firstIndex(where: { !isPythonSpace($0) }),
    let last = scalars.lastIndex(where: { !isPythonSpace($0) })
  else { return "" }
  return String(scalars[first...last])
}

private func isPythonSpace(_ scalar: Unicode.Scalar) -> Bool {
  scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
}
