/// Why a conversation cannot be rendered.
public enum RenderingError: Error, Hashable, CustomStringConvertible {
  /// There is nothing to render.
  case noMessages
  /// The template asks for user and assistant in turns, the user first.
  case rolesDoNotAlternate(message: Int, role: ChatMessage.Role)
  /// The template puts the system text before a user's, and there is no user turn.
  case systemWithoutUser
  /// A model file brings a template that this product does not know.
  case unknownTemplate(sha256: String, beginning: String, reason: String, known: [String])
  /// There is no template of that name.
  case unknownName(name: String, known: [String])
  /// A message has a role outside system, user and assistant, or lacks a member.
  case invalidMessage(place: Int, reason: String)

  /// One sentence that a person can act on.
  public var description: String {
    switch self {
    case .noMessages:
      "a conversation needs at least one message"
    case .rolesDoNotAlternate(let message, let role):
      "Conversation roles must alternate user/assistant/user/assistant/... "
        + "(message \(message) is \(role.rawValue))"
    case .systemWithoutUser:
      "this template puts the system text before the first user message, and there is none"
    case .unknownTemplate(let sha256, let beginning, let reason, let known):
      "the model's chat template is not recognised: \(reason) (sha256 \(sha256), it begins "
        + "\"\(beginning)\"); name the one to use with --chat-template NAME; known templates: "
        + known.joined(separator: ", ")
    case .unknownName(let name, let known):
      "there is no chat template \"\(name)\"; known templates: \(known.joined(separator: ", "))"
    case .invalidMessage(let place, let reason):
      "message \(place): \(reason)"
    }
  }
}
