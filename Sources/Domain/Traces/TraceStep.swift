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
  /// Reads a step; errors point into the step.
  init(json: JSONValue) throws(TraceError) {
    let fields = try TraceFields(json, pointer: "")
    i = try fields.int("i")
    type = try fields.string("type")
    content = try fields.string("content")
    extra = fields.others(than: ["i", "type", "content"])
  }

  /// Checks the limits; errors point into the step.
  func check() throws(TraceError) {
    guard i >= 0 else {
      throw .outOfBounds(pointer: "/i", expected: "a number of 0 or more", found: "\(i)")
    }
    try checkLength(of: type, 1...Limits.stepTypeCharacters, pointer: "/type")
    try checkLength(of: content, 1...Limits.stepContentCharacters, pointer: "/content")
  }

  func write(to writer: inout JSONWriter) {
    writer.element()
    writer.beginObject()
    writer.name("i")
    writer.write(i)
    writer.member("type", type)
    writer.member("content", content)
    writer.members(extra)
    writer.endObject()
  }

  /// Writes a step that has no other members in canonical order.
  func writeCanonical(to writer: inout JSONWriter) {
    writer.element()
    writer.beginObject()
    writer.member("content", content)
    writer.name("i")
    writer.write(i)
    writer.member("type", type)
    writer.endObject()
  }
}
