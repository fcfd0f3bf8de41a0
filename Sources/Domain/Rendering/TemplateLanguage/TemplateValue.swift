/// A value of the template language.
indirect enum TemplateValue: Hashable, Sendable {
  /// What a name without a value gives; most uses of it are errors.
  case undefined
  case none
  case bool(Bool)
  case int(Int)
  case string(String)
  case list([TemplateValue])
  case map([String: TemplateValue])
  /// A number of the evaluator's own table: namespaces are the one thing that statements change.
  case namespace(Int)

  /// Whether a condition holds.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .string(let text): !text.isEmpty
    case .list(let values): !values.isEmpty
    case .map(let values): !values.isEmpty
    case .namespace: true
    }
  }

  /// What an output statement writes.
  var text: String {
    get throws(TemplateError) {
      switch self {
      case .undefined: ""
      case .none: "None"
      case .bool(let value): value ? "True" : "False"
      case .int(let value): "\(value)"
      case .string(let text): text
      case .list, .map, .namespace: throw .unsupported("writing a list or a mapping")
      }
    }
  }

  var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  var integer: Int? {
    switch self {
    case .int(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  /// Equality of texts is by scalars: canonically equal texts differ in a template.
  func equals(_ other: TemplateValue) -> Bool {
    if let left = string, let right = other.string {
      return left.unicodeScalars.elementsEqual(right.unicodeScalars)
    }
    if let left = integer, let right = other.integer { return left == right }
    return self == other
  }
}

/// Why a template cannot be carried out.
enum TemplateError: Error, Hashable {
  /// The template itself refuses the conversation.
  case raised(String)
  /// The template uses something that this program does not know, or uses a value wrongly.
  case unsupported(String)
  /// The template needs more work than is allowed.
  case tooLong
}
