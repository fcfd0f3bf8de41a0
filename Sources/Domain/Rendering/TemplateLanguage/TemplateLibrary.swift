import Foundations

/// Operators, filters, tests and methods of the template language.
enum TemplateLibrary {
  static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  static func binary(
    _ symbol: String,
    _ left: TemplateValue,
    _ right: TemplateValue
  ) throws(TemplateError) -> TemplateValue {
    switch symbol {
    case "==": return .bool(left.equals(right))
    case "!=": return .bool(!left.equals(right))
    case "~": return .string(try left.text + right.text)
    case "in": return .bool(try contains(right, left))
    default: break
    }
    if symbol == "+", let left = left.string, let right = right.string {
      return .string(left + right)
    }
    if symbol == "+", case .list(let left) = left, case .list(let right) = right {
      return .list(left + right)
    }
    guard let left = left.integer, let right = right.integer else {
      throw .unsupported("\(symbol) between values that do not go together")
    }
    switch symbol {
    case "+": return .int(left &+ right)
    case "-": return .int(left &- right)
    case "*": return .int(left &* right)
    case "<": return .bool(left < right)
    case ">": return .bool(left > right)
    case "<=": return .bool(left <= right)
    case ">=": return .bool(left >= right)
    case "%" where left >= 0 && right > 0: return .int(left % right)
    case "//" where left >= 0 && right > 0: return .int(left / right)
    default: throw .unsupported("\(symbol) of \(left) and \(right)")
    }
  }

  private static func contains(
    _ owner: TemplateValue,
    _ item: TemplateValue
  ) throws(TemplateError) -> Bool {
    switch owner {
    case .list(let items): return items.contains { $0.equals(item) }
    case .map(let members): return item.string.map { members[$0] != nil } ?? false
    case .string(let text):
      guard let part = item.string else { throw .unsupported("in a text, something that is none") }
      return part.isEmpty || text.pieces(between: part).count > 1
    default: throw .unsupported("in something that holds nothing")
    }
  }
}

// MARK: filters and tests

extension TemplateLibrary {
  static func filter(
    _ name: String,
    _ value: TemplateValue,
    _ arguments: [TemplateValue]
  ) throws(TemplateError) -> TemplateValue {
    switch (name, value) {
    case ("trim", .string), ("upper", .string), ("lower", .string), ("replace", .string):
      return try method(name == "trim" ? "strip" : name, value, arguments)
    case ("length", .string(let text)), ("count", .string(let text)):
      return .int(text.unicodeScalars.count)
    case ("length", .list(let items)), ("count", .list(let items)): return .int(items.count)
    case ("length", .map(let members)): return .int(members.count)
    case ("first", .list(let items)): return items.first ?? .undefined
    case ("last", .list(let items)): return items.last ?? .undefined
    case ("list", .list): return value
    case ("string", _): return .string(try value.text)
    case ("safe", .string): return value
    case ("default", .undefined), ("d", .undefined): return arguments.first ?? .string("")
    case ("default", _), ("d", _):
      let replacesFalse = arguments.count > 1 && arguments[1].isTrue
      return replacesFalse && !value.isTrue ? arguments[0] : value
    case ("join", .list(let items)):
      var texts: [String] = []
      for item in items { texts.append(try item.text) }
      return try joined(texts, by: arguments.first?.string ?? "")
    default: throw .unsupported("the filter \(name) here")
    }
  }

  static func test(
    _ name: String,
    _ value: TemplateValue,
    _ operands: [TemplateValue]
  ) throws(TemplateError) -> Bool {
    switch name {
    case "defined": return value != .undefined
    case "undefined": return value == .undefined
    case "none": return value == .none
    case "true": return value == .bool(true)
    case "false": return value == .bool(false)
    case "string": return value.string != nil
    case "boolean": return if case .bool = value { true } else { false }
    case "number", "integer":
      return if case .int = value { true } else { false }
    case "mapping": return if case .map = value { true } else { false }
    case "iterable", "sequence":
      return switch value {
      case .string, .list, .map: true
      default: false
      }
    case "equalto", "eq":
      guard let other = operands.first else { break }
      return value.equals(other)
    case "odd", "even":
      guard let number = value.integer else { break }
      return number.isMultiple(of: 2) == (name == "even")
    default: break
    }
    throw .unsupported("the test \(name)")
  }
}

// MARK: methods

extension TemplateLibrary {
  /// The longest text that joining may make, in bytes.
  private static let longestText = 1 << 20

  private static func joined(
    _ texts: [String],
    by mark: String
  ) throws(TemplateError) -> TemplateValue {
    let marks = mark.utf8.count.multipliedReportingOverflow(by: texts.count)
    guard !marks.overflow, marks.partialValue <= longestText else { throw .tooLong }
    return .string(texts.joined(separator: mark))
  }

  static func method(
    _ name: String,
    _ owner: TemplateValue,
    _ arguments: [TemplateValue]
  ) throws(TemplateError) -> TemplateValue {
    if name == "get", case .map(let members) = owner, let key = arguments.first?.string {
      return members[key] ?? (arguments.count > 1 ? arguments[1] : .none)
    }
    guard let text = owner.string else {
      throw .unsupported("the method \(name) of something that is no text")
    }
    let first = arguments.first?.string
    switch name {
    case "strip", "lstrip", "rstrip":
      guard arguments.isEmpty || first != nil else { break }
      return .string(
        stripped(text, of: first, start: name != "rstrip", end: name != "lstrip")
      )
    case "split":
      guard let first, !first.isEmpty, arguments.count == 1 else { break }
      return .list(text.pieces(between: first).map { .string($0) })
    case "startswith":
      guard let first else { break }
      return .bool(text.utf8.starts(with: first.utf8))
    case "endswith":
      guard let first else { break }
      return .bool(text.utf8.reversed().starts(with: first.utf8.reversed()))
    case "replace":
      guard arguments.count == 2, let first, !first.isEmpty, let new = arguments[1].string else {
        break
      }
      return try joined(text.pieces(between: first), by: new)
    case "upper": return .string(text.uppercased())
    case "lower": return .string(text.lowercased())
    default: break
    }
    throw .unsupported("the method \(name) with these arguments")
  }

  private static func stripped(
    _ text: String,
    of characters: String?,
    start: Bool,
    end: Bool
  ) -> String {
    let marks = characters.map { Set($0.unicodeScalars) }
    func goes(_ scalar: Unicode.Scalar) -> Bool {
      marks?.contains(scalar) ?? scalar.isTemplateSpace
    }
    var rest = text.unicodeScalars[...]
    while start, let scalar = rest.first, goes(scalar) { rest.removeFirst() }
    while end, let scalar = rest.last, goes(scalar) { rest.removeLast() }
    return String(rest)
  }
}
