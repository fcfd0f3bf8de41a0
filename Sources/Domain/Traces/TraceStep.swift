public import Foundations

/// One step of a trace's reasoning.
public struct TraceStep: Hashable, Sendable {
  /// The step's own index: unique in its trace, not necessarily its place.
  public var i: Int
  /// What kind of step it is, in the author's words.
  public var type: String
  /// What the step says.
  public var content: String
  /// Members that the format does not name, kept as they came.
  public var extra: [JSONValue.Member]

  /// Makes a step without checking the limits.
  public init(i: Int, type: String, content: String, extra: [JSONValue.Member] = []) {
    self.i = i
    self.type = type
    self.content = content
    self.extra = extra
  }

  /// The step as the wire format writes it.
  public var json: JSONValue {
    let known: [JSONValue.Member] = [
      JSONValue.Member(key: "i", value: JSONValue(i)),
      JSONValue.Member(key: "type", value: .string(type)),
      JSONValue.Member(key: "content", value: .string(content)),
    ]
    return .object(known + extra)
  }
}

extension TraceStep {
  init(json: JSONValue, pointer: String) throws(TraceError) {
    let fields = try TraceFields(json, pointer: pointer)
    i = try fields.int("i")
    type = try fields.string("type")
    content = try fields.string("content")
    extra = fields.others(than: ["i", "type", "content"])
  }

  func check(pointer: String) throws(TraceError) {
    guard i >= 0 else {
      throw .outOfBounds(pointer: pointer + "/i", expected: "a number of 0 or more", found: "\(i)")
    }
    try checkLength(of: type, 1...Limits.stepTypeCharacters, pointer: pointer + "/type")
    try checkLength(of: content, 1...Limits.stepContentCharacters, pointer: pointer + "/content")
  }
}
