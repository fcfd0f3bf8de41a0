import Foundations

/// A schema in words, for people: what kind of value, and which members it has.
struct SchemaText {
  let schema: Schema

  /// The kind of value in a few words: "text, 1 to 64 characters, or null".
  var kind: String {
    var parts = [basic]
    if schema.isNullable { parts.append("or null") }
    if let value = schema.defaultValue { parts.append("\(Self.value(value)) if absent") }
    return parts.joined(separator: ", ")
  }

  /// The members of an object, or of the objects of a list, each with its own; empty for others.
  var members: String {
    switch schema.kind {
    case .array(let element, _, _): return SchemaText(schema: element).members
    case .object(let properties, let others):
      let rows = properties.map(row)
      let rest =
        if case .kept = others, !properties.isEmpty { "<li>more members are kept</li>" } else { "" }
      return rows.isEmpty ? "" : "<ul class=\"members\">\(rows.joined())\(rest)</ul>"
    default: return ""
    }
  }

  private func row(_ property: Schema.Property) -> String {
    let inner = SchemaText(schema: property.schema)
    let need = property.isRequired ? "" : " <span class=\"may\">optional</span>"
    let text = property.schema.text.map { "<br>" + HTMLText.prose($0) } ?? ""
    return "<li>\(HTMLText.code(property.name))\(need) <small>\(inner.kind)</small>"
      + "\(text)\(inner.members)</li>"
  }

  private var basic: String {
    switch schema.kind {
    case .any: "any value"
    case .boolean: "true or false"
    case .integer(let minimum, let maximum):
      "whole number"
        + Self.range(minimum.map { "\($0)" }, maximum.map { $0 == .max ? nil : "\($0)" } ?? nil)
    case .number(let minimum, let maximum):
      "number" + Self.range(minimum.map(Self.plain), maximum.map(Self.plain))
    case .string(let minimum, let maximum):
      "text" + Self.range(minimum.map { "\($0)" }, maximum.map { "\($0)" }, of: " characters")
    case .pattern(let pattern): Self.form(pattern)
    case .choice(let names):
      (names.count == 1 ? "always " : "one of ") + names.map(HTMLText.code).joined(separator: ", ")
    case .array(let element, let minimum, let maximum):
      "list of \(Self.entries(element))"
        + Self.range(minimum.map { "\($0)" }, maximum.map { "\($0)" }, of: " entries")
    case .object(let properties, _): properties.isEmpty ? "object with any members" : "object"
    case .named(let name, _): "<a href=\"#shape-\(name)\">\(name)</a>"
    }
  }

  private static func entries(_ element: Schema) -> String {
    if case .object(let properties, _) = element.kind {
      return properties.isEmpty ? "objects with any members" : "objects"
    }
    let kind = SchemaText(schema: element).kind
    return kind.contains(",") ? "(\(kind))" : kind
  }

  private static func range(
    _ minimum: String?,
    _ maximum: String?,
    of noun: String = ""
  ) -> String {
    switch (minimum, maximum) {
    case (let low?, let high?): ", \(low) to \(high)\(noun)"
    case (let low?, nil): ", \(low)\(noun) or more"
    case (nil, let high?): ", at most \(high)\(noun)"
    case (nil, nil): ""
    }
  }

  /// A number without a needless `.0`.
  private static func plain(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }

  private static func form(_ pattern: Schema.Pattern) -> String {
    switch pattern {
    case .uuid: "UUID"
    case .dateTime: "time in UTC, like \(HTMLText.code("2026-01-31T12:00:00Z"))"
    case .sha256: "sha256, 64 hexadecimal digits"
    case .matching(let expression): "text of the form \(HTMLText.code(expression))"
    }
  }

  private static func value(_ value: JSONValue) -> String {
    HTMLText.code(value.string ?? value.compact)
  }
}
