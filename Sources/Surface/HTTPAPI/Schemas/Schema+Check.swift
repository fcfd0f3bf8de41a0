import Foundations

/// Something wrong with a request: where, and what to do.
struct FieldProblem: Hashable, Sendable {
  /// A JSON pointer into the body (`/steps/0/i`), or the parameter's place and name (`query/limit`).
  let pointer: String
  /// One sentence.
  let detail: String
}

extension Schema {
  /// Problems after which a value is not looked at any further: an answer stays readable.
  static let mostProblems = 20

  /// What is wrong with a value; empty where nothing is.
  func problems(with value: JSONValue, at pointer: String = "") -> [FieldProblem] {
    var check = SchemaCheck()
    check.look(at: value, pointer, self)
    return check.problems
  }
}

/// Walks a value along its schema and collects what is wrong.
private struct SchemaCheck {
  var problems: [FieldProblem] = []

  mutating func look(at value: JSONValue, _ pointer: String, _ schema: Schema) {
    guard problems.count < Schema.mostProblems else { return }
    if schema.isNullable, value.isNull { return }
    switch schema.kind {
    case .any: break
    case .boolean: if value.bool == nil { complain(pointer, "true or false", value) }
    case .integer(let minimum, let maximum): lookAtInteger(value, pointer, minimum, maximum)
    case .number(let minimum, let maximum): lookAtNumber(value, pointer, minimum, maximum)
    case .string(let minimum, let maximum): lookAtText(value, pointer, minimum, maximum)
    case .pattern(let pattern): lookAtForm(value, pointer, pattern)
    case .choice(let names):
      if !names.contains(where: { value.string?.hasSameBytes(as: $0) == true }) {
        complain(pointer, "one of " + names.joined(separator: ", "), value)
      }
    case .array(let element, let minimum, let maximum):
      lookAtList(value, pointer, element, minimum, maximum)
    case .object(let properties, let others): lookAtObject(value, pointer, properties, others)
    case .named(_, let schema): look(at: value, pointer, schema)
    }
  }

  private mutating func complain(_ pointer: String, _ expected: String, _ found: JSONValue) {
    var text = found.kind
    if found.string != nil || found.double != nil {
      let compact = found.compact
      text = compact.count > 40 ? compact.prefix(40) + "…" : compact
    }
    add(pointer, "expected \(expected), found \(text)")
  }

  private mutating func add(_ pointer: String, _ detail: String) {
    problems.append(FieldProblem(pointer: pointer, detail: detail))
  }

  private mutating func lookAtInteger(
    _ value: JSONValue,
    _ pointer: String,
    _ minimum: Int?,
    _ maximum: Int?
  ) {
    guard let number = value.int else { return complain(pointer, "a whole number", value) }
    guard number >= minimum ?? .min, number <= maximum ?? .max else {
      return complain(pointer, range(minimum, maximum), value)
    }
  }

  private mutating func lookAtNumber(
    _ value: JSONValue,
    _ pointer: String,
    _ minimum: Double?,
    _ maximum: Double?
  ) {
    guard let number = value.double, number.isFinite else {
      return complain(pointer, "a number", value)
    }
    guard number >= minimum ?? -.infinity, number <= maximum ?? .infinity else {
      return complain(pointer, range(minimum, maximum), value)
    }
  }

  private mutating func lookAtText(
    _ value: JSONValue,
    _ pointer: String,
    _ minimum: Int?,
    _ maximum: Int?
  ) {
    guard let text = value.string else { return complain(pointer, "a string", value) }
    let count = text.unicodeScalars.count
    guard count >= minimum ?? 0, count <= maximum ?? .max else {
      return add(pointer, "expected \(range(minimum, maximum)) characters, found \(count)")
    }
  }

  private mutating func lookAtForm(
    _ value: JSONValue,
    _ pointer: String,
    _ pattern: Schema.Pattern
  ) {
    guard let text = value.string else { return complain(pointer, "a string", value) }
    guard pattern.matches(text) else {
      return complain(pointer, "a text like \(pattern.format ?? pattern.expression)", value)
    }
  }

  private mutating func lookAtList(
    _ value: JSONValue,
    _ pointer: String,
    _ element: Schema,
    _ minimum: Int?,
    _ maximum: Int?
  ) {
    guard let elements = value.array else { return complain(pointer, "an array", value) }
    guard elements.count >= minimum ?? 0, elements.count <= maximum ?? .max else {
      return add(pointer, "expected \(range(minimum, maximum)) elements, found \(elements.count)")
    }
    for (place, part) in elements.enumerated() { look(at: part, "\(pointer)/\(place)", element) }
  }

  private mutating func lookAtObject(
    _ value: JSONValue,
    _ pointer: String,
    _ properties: [Schema.Property],
    _ others: Schema.Others
  ) {
    guard let members = value.object else { return complain(pointer, "an object", value) }
    for property in properties {
      let place = "\(pointer)/\(escaped(property.name))"
      if let part = value[property.name] {
        look(at: part, place, property.schema)
      } else if property.isRequired {
        add(place, "this member is required")
      }
    }
    guard case .refused = others else { return }
    for member in members
    where !properties.contains(where: { $0.name.hasSameBytes(as: member.key) }) {
      let known = properties.map(\.name).joined(separator: ", ")
      add("\(pointer)/\(escaped(member.key))", "no such member; there are \(known)")
    }
  }

  private func range<Value>(_ minimum: Value?, _ maximum: Value?) -> String {
    switch (minimum, maximum) {
    case (let low?, let high?): "\(low) to \(high)"
    case (let low?, nil): "at least \(low)"
    case (nil, let high?): "at most \(high)"
    case (nil, nil): "any number of"
    }
  }

  /// A member's name inside a JSON pointer (RFC 6901).
  private func escaped(_ name: String) -> String {
    name.replacing("~", with: "~0").replacing("/", with: "~1")
  }
}

extension Schema.Pattern {
  /// Whether the whole text has the form.
  func matches(_ text: String) -> Bool {
    if case .uuid = self { return Identifier<Schema>(text) != nil }
    if case .dateTime = self, Timestamp.date(from: text) == nil { return false }
    guard let expression = try? Regex(expression) else { return false }
    return text.wholeMatch(of: expression) != nil
  }
}
