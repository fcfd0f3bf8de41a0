/// How a family of models writes a conversation as one text.
public enum ChatTemplate: String, Hashable, Sendable, CaseIterable, Codable {
  /// ChatML without a default system turn.
  case chatml
  /// ChatML as SmolLM2 uses it: its own system turn unless the conversation brings one.
  case smollm2
  /// ChatML as Qwen2 uses it: its own system turn unless the conversation brings one.
  case qwen2
  /// ChatML as Qwen2.5 uses it: its own system turn, which names Qwen.
  case qwen25 = "qwen2.5"
  /// ChatML as Qwen3 uses it: answers after the last question carry their thinking, older ones lose it.
  case qwen3
  /// Llama 3's headers, contents trimmed; the text starts with `<|begin_of_text|>`.
  case llama3
  /// Gemma's turns: no system turn, contents trimmed, the text starts with `<bos>`.
  case gemma

  /// The template of this name; the error lists the names.
  public init(named name: String) throws(RenderingError) {
    guard let template = ChatTemplate(rawValue: name) else {
      throw .unknownName(name: name, known: Self.allCases.map(\.rawValue))
    }
    self = template
  }

  /// Writes a conversation; with `addGenerationPrompt` the text ends where the model is to answer.
  public func render(
    _ messages: [ChatMessage],
    addGenerationPrompt: Bool
  ) throws(RenderingError) -> RenderedChat {
    guard let first = messages.first else { throw .noMessages }
    switch self {
    case .gemma: return try renderGemma(messages, addGenerationPrompt)
    case .llama3: return renderLlama3(messages, addGenerationPrompt)
    case .qwen3: return renderQwen3(messages, addGenerationPrompt)
    case .chatml, .smollm2, .qwen2, .qwen25:
      var turns = messages
      if let text = defaultSystemText, first.role != .system {
        turns.insert(ChatMessage(role: .system, content: text), at: 0)
      }
      return renderChatML(turns, addGenerationPrompt)
    }
  }

  /// The mark that ends a turn: the model's last token of an answer.
  public var endOfTurn: String {
    switch self {
    case .gemma: GemmaTurn.end
    case .llama3: "<|eot_id|>"
    case .chatml, .smollm2, .qwen2, .qwen25, .qwen3: "<|im_end|>"
    }
  }

  /// The mark that starts a text, where the template writes one.
  public var startOfText: String? {
    switch self {
    case .gemma: "<bos>"
    case .llama3: "<|begin_of_text|>"
    case .chatml, .smollm2, .qwen2, .qwen25, .qwen3: nil
    }
  }

  /// The system turn that the template adds where a conversation brings none.
  public var defaultSystemText: String? {
    switch self {
    case .chatml, .qwen3, .llama3, .gemma: nil
    case .smollm2: "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
    case .qwen2: "You are a helpful assistant."
    case .qwen25: "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
    }
  }
}

extension ChatTemplate {
  private func renderChatML(
    _ turns: [ChatMessage],
    _ addGenerationPrompt: Bool
  ) -> RenderedChat {
    var writer = ChatWriter()
    for turn in turns { writer.appendChatML(turn.role, turn.content) }
    if addGenerationPrompt { writer.append("<|im_start|>assistant\n") }
    return writer.finished(startsWithBOS: false)
  }

  private func renderLlama3(
    _ turns: [ChatMessage],
    _ addGenerationPrompt: Bool
  ) -> RenderedChat {
    var writer = ChatWriter()
    writer.append(startOfText ?? "")
    for turn in turns {
      writer.append("<|start_header_id|>\(turn.role.rawValue)<|end_header_id|>\n\n")
      writer.append(
        trimmedAsPython(turn.content) + endOfTurn,
        isSupervised: turn.role == .assistant
      )
    }
    if addGenerationPrompt { writer.append("<|start_header_id|>assistant<|end_header_id|>\n\n") }
    return writer.finished(startsWithBOS: true)
  }

  private func renderGemma(
    _ messages: [ChatMessage],
    _ addGenerationPrompt: Bool
  ) throws(RenderingError) -> RenderedChat {
    let system = messages.first?.role == .system ? messages.first : nil
    let turns = system == nil ? messages : Array(messages.dropFirst())
    guard !turns.isEmpty else { throw .systemWithoutUser }
    var writer = ChatWriter()
    writer.append(startOfText ?? "")
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
      writer.append(
        trimmedAsPython(turn.content) + GemmaTurn.end,
        isSupervised: turn.role == .assistant
      )
      writer.append("\n")
    }
    if addGenerationPrompt { writer.append(GemmaTurn.start + GemmaTurn.model + "\n") }
    return writer.finished(startsWithBOS: true)
  }
}

/// Removes what Python's `str.strip` calls white space, which is what Jinja's `trim` does.
func trimmedAsPython(_ text: String) -> String {
  let scalars = text.unicodeScalars
  guard let first = scalars.firstIndex(where: { !$0.isTemplateSpace }),
    let last = scalars.lastIndex(where: { !$0.isTemplateSpace })
  else { return "" }
  return String(scalars[first...last])
}
