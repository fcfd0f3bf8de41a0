/// One JSON value: object members keep their order, numbers keep their literal text.
///
/// Strings and keys are compared by their UTF-8 bytes, never by canonical equivalence.
public enum JSONValue: Sendable {
  /// The literal `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number with the text it was written with.
  case number(JSONNumber)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// A list of named members; duplicates are kept.
  case object([Member])

  /// One named member of an object.
  public struct Member: Hashable, Sendable {
    /// The member's name.
    public var key: String
    /// The member's value.
    public var value: JSONValue

    /// Makes a member.
    public init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }

    /// Whether keys are the same bytes and values are equal.
    public static func == (left: Member, right: Member) -> Bool {
      left.key.hasSameBytes(as: right.key) && left.value == right.value
    }

    /// Feeds the key's bytes and the value.
    public func hash(into hasher: inout Hasher) {
      hasher.combine(key)
      hasher.combine(value)
    }
  }

  /// A text value.
  public init(_ text: String) {
    self = .string(text)
  }

  /// A text value, or null where there is none.
  public init(optional text: String?) {
    self = text.map { .string($0) } ?? .null
  }

  /// A whole number.
  public init(_ value: some BinaryInteger) {
    self = .number(JSONNumber(value))
  }

  /// A number, or `null` where the value is not finite: JSON has no NaN and no infinity.
  public init(_ value: Double) {
    self = JSONNumber(value).map(JSONValue.number) ?? .null
  }

  /// A truth value.
  public init(_ value: Bool) {
    self = .bool(value)
  }

  /// A list of values.
  public init(_ values: [JSONValue]) {
    self = .array(values)
  }
}

extension JSONValue: Hashable {
  /// Whether both are the same kind with the same bytes, number text and member order.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }

  /// Feeds the kind and the content.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .number(let value): hasher.combine(value)
    case .string(let value): hasher.combine(value)
    case .array(let values): hasher.combine(values)
    case .object(let members): hasher.combine(members)
    }
  }
}

extension JSONValue {
  /// The value of the last member with exactly these key bytes; nil where there is none.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key.hasSameBytes(as: key) }?.value
  }

  /// The list's element; nil outside the list or where this is no list.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let values) = self, values.indices.contains(index) else { return nil }
    return values[index]
  }

  /// Whether this is the literal `null`.
  public var isNull: Bool { self == .null }

  /// The value's kind as a word for messages.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// The same object with this member replaced in place, or added at the end.
  ///
  /// A value that is no object becomes one with this single member.
  public func setting(_ key: String, to value: JSONValue) -> JSONValue {
    var members: [Member] = []
    if case .object(let existing) = self { members = existing }
    let place = members.lastIndex { $0.key.hasSameBytes(as: key) }
    if let place {
      members[place].value = value
    } else {
      members.append(Member(key: key, value: value))
    }
    return .object(members)
  }
}
