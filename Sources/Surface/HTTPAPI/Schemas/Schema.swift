import Foundations

/// The shape of a JSON value: requests are checked against it, and the OpenAPI document says it.
struct Schema: Sendable {
  /// What kind of value is wanted, with its bounds; lengths count Unicode scalars, as JSON Schema
  /// does.
  indirect enum Kind: Sendable {
    case any
    case boolean
    case integer(minimum: Int?, maximum: Int?)
    case number(minimum: Double?, maximum: Double?)
    case string(minimum: Int?, maximum: Int?)
    case pattern(Pattern)
    case choice([String])
    case array(of: Schema, minimum: Int?, maximum: Int?)
    case object([Property], others: Others)
    case named(String, Schema)
  }

  /// What an object may hold besides the members that are named.
  enum Others: Sendable {
    /// An unnamed member is an error.
    case refused
    /// Unnamed members are kept as they come.
    case kept
  }

  /// A text of a known form.
  enum Pattern: Sendable {
    case uuid
    case dateTime
    case sha256
    /// A regular expression that both JSON Schema and Swift understand, matched whole.
    case matching(String)
  }

  /// A named member of an object.
  struct Property: Sendable {
    let name: String
    let schema: Schema
    let isRequired: Bool
  }

  var kind: Kind
  var isNullable = false
  var text: String?
  var defaultValue: JSONValue?

  init(_ kind: Kind) {
    self.kind = kind
  }
}

extension Schema {
  static let any = Schema(.any)
  static let boolean = Schema(.boolean)
  static let integer = Schema(.integer(minimum: nil, maximum: nil))
  static let count = Schema(.integer(minimum: 0, maximum: nil))
  static let number = Schema(.number(minimum: nil, maximum: nil))
  static let string = Schema(.string(minimum: nil, maximum: nil))
  static let uuid = Schema(.pattern(.uuid))
  static let time = Schema(.pattern(.dateTime))
  static let sha256 = Schema(.pattern(.sha256))
  static let freeObject = Schema(.object([], others: .kept))

  static func integer(_ range: ClosedRange<Int>) -> Schema {
    Schema(.integer(minimum: range.lowerBound, maximum: range.upperBound))
  }

  static func string(_ lengths: ClosedRange<Int>) -> Schema {
    Schema(.string(minimum: lengths.lowerBound, maximum: lengths.upperBound))
  }

  static func choice(_ names: [String]) -> Schema { Schema(.choice(names)) }

  static func array(of schema: Schema, _ counts: ClosedRange<Int>? = nil) -> Schema {
    Schema(.array(of: schema, minimum: counts?.lowerBound, maximum: counts?.upperBound))
  }

  static func object(_ properties: [Property], others: Others = .refused) -> Schema {
    Schema(.object(properties, others: others))
  }

  /// The schema under a name that the document lists once.
  func named(_ name: String) -> Schema { Schema(.named(name, self)) }

  /// What the value means, for a reader.
  func described(_ text: String) -> Schema {
    var copy = self
    copy.text = text
    return copy
  }

  /// What an absent value means.
  func defaulting(to value: JSONValue) -> Schema {
    var copy = self
    copy.defaultValue = value
    return copy
  }

  /// The value, or null.
  var orNull: Schema {
    var copy = self
    copy.isNullable = true
    return copy
  }
}

extension Schema.Property {
  static func required(_ name: String, _ schema: Schema) -> Schema.Property {
    Schema.Property(name: name, schema: schema, isRequired: true)
  }

  static func optional(_ name: String, _ schema: Schema) -> Schema.Property {
    Schema.Property(name: name, schema: schema, isRequired: false)
  }
}

extension Schema.Pattern {
  /// The regular expression, without anchors.
  var expression: String {
    switch self {
    case .uuid: "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    case .dateTime: "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z"
    case .sha256: "[0-9a-f]{64}"
    case .matching(let expression): expression
    }
  }

  /// The name that JSON Schema has for the form.
  var format: String? {
    switch self {
    case .uuid: "uuid"
    case .dateTime: "date-time"
    case .sha256, .matching: nil
    }
  }
}
