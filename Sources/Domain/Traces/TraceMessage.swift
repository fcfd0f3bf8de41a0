public import Foundations

/// A turn of the conversation that led to a trace's prompt.
public struct TraceMessage: Hashable, Sendable {
  /// Who speaks.
  public enum Role: String, Hashable, Sendable {
    /// Instructions for the whole conversation.
    case system
    /// The person who asks.
    case user
    /// The model that answers.
    case assistant
  }

  /// Who speaks.
  public let role: Role
  /// What is said.
  public let content: String

  /// Makes a turn.
  public init(role: Role, content: String) {
    self.role = role
    self.content = content
  }

  /// The turn as a chat message.
  public var json: JSONValue { ["role": .string(role.rawValue), "content": .string(content)] }
}

extension TraceMessage {
  /// The member of a trace that holds its context: a list of chat messages.
  public static let contextKey = "context_messages"

  /// The members that keep a context in a trace; none for no context.
  static func members(of context: [TraceMessage]) -> [JSONValue.Member] {
    context.isEmpty
      ? [] : [JSONValue.Member(key: contextKey, value: .array(context.map(\.json)))]
  }

  init?(json: JSONValue) {
    guard let role = json["role"]?.string.flatMap(Role.init), let content = json["content"]?.string
    else { return nil }
    self.init(role: role, content: content)
  }
}

extension Trace {
  /// What was said before the prompt, the system's text first; empty for a single question.
  public var context: [TraceMessage] {
    let value = extra.last { $0.key.hasSameBytes(as: TraceMessage.contextKey) }?.value
    return (value?.array ?? []).compactMap(TraceMessage.init(json:))
  }
}
