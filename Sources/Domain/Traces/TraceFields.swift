import Foundations

/// The members of one object, read with the pointer of where it stands.
struct TraceFields {
  private let members: [JSONValue.Member]
  private let pointer: String

  init(_ json: JSONValue, pointer: String) throws(TraceError) {
    guard case .object(let members) = json else {
      throw .wrongKind(pointer: pointer, expected: "an object", found: json.kind)
    }
    self.members = members
    self.pointer = pointer
  }

  func optional(_ key: String) -> JSONValue? {
    members.last { $0.key.hasSameBytes(as: key) }?.value
  }

  func required(_ key: String) throws(TraceError) -> JSONValue {
    guard let value = optional(key) else { throw .missing(pointer: pointer + "/" + key) }
    return value
  }

  func string(_ key: String) throws(TraceError) -> String {
    let value = try required(key)
    guard let text = value.string else {
      throw .wrongKind(pointer: pointer + "/" + key, expected: "a string", found: value.kind)
    }
    return text
  }

  func int(_ key: String) throws(TraceError) -> Int {
    let value = try required(key)
    guard let number = value.int else {
      throw .wrongKind(
        pointer: pointer + "/" + key,
        expected: "a whole number",
        found: found(value)
      )
    }
    return number
  }

  /// The text of a member that may be absent or null.
  func optionalString(_ key: String) throws(TraceError) -> String? {
    guard let value = optional(key), !value.isNull else { return nil }
    return try string(key)
  }

  /// What is left of a record as the trace's meta; nil where nothing is left.
  func meta(without known: [String]) -> JSONValue? {
    let rest = others(than: known)
    return rest.isEmpty ? nil : .object(rest)
  }

  func others(than known: [String]) -> [JSONValue.Member] {
    members.filter { member in !known.contains { $0.hasSameBytes(as: member.key) } }
  }

  private func found(_ value: JSONValue) -> String {
    if case .number(let number) = value { return number.literal }
    return value.kind
  }
}

/// Counts characters as the predecessor did: Unicode scalars.
func checkLength(
  of text: String,
  _ bounds: ClosedRange<Int>,
  pointer: @autoclosure () -> String
) throws(TraceError) {
  // A scalar has one byte or more, so a text of few bytes needs no counting.
  let bytes = text.utf8.count
  if bytes <= bounds.upperBound, bytes >= 4 * bounds.lowerBound { return }
  let count = text.scalarCount
  guard bounds.contains(count) else {
    throw .outOfBounds(
      pointer: pointer(),
      expected: "\(bounds.lowerBound) to \(bounds.upperBound) characters",
      found: "\(count)"
    )
  }
}
