/// One turn of a conversation.
public struct ChatMessage: Hashable, Sendable, Codable {
  /// Who speaks.
  public enum Role: String, Hashable, Sendable, Codable, CaseIterable {
    /// Instructions for the whole conversation.
    case system
    /// The person who asks.
    case user
    /// The model that answers.
    case assistant
  }

  /// Who speaks.
  public let role: Role
  /// What is said, as it stands.
  public let content: String

  /// Makes a turn.
  public init(role: Role, content: String) {
    self.role = role
    self.content = content
  }
}
