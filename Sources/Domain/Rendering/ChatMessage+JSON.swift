public import Foundations

extension ChatMessage {
  /// Reads a list of `{"role", "content"}` objects.
  public static func messages(json: JSONValue) throws(RenderingError) -> [ChatMessage] {
    guard let values = json.array else {
      throw .invalidMessage(place: 0, reason: "expected a list of messages, found \(json.kind)")
    }
    var messages: [ChatMessage] = []
    for (place, value) in values.enumerated() {
      messages.append(try message(value, place: place))
    }
    return messages
  }

  private static func message(_ json: JSONValue, place: Int) throws(RenderingError) -> ChatMessage {
    guard let name = json["role"]?.string, let content = json["content"]?.string else {
      throw .invalidMessage(place: place, reason: "\"role\" and \"content\" must be texts")
    }
    guard let role = Role(rawValue: name) else {
      throw .invalidMessage(
        place: place,
        reason: "the role \"\(name)\" is not one of system, user, assistant"
      )
    }
    return ChatMessage(role: role, content: content)
  }
}
