import Foundations

extension Schema {
  /// The schema as JSON Schema 2020-12, the dialect of OpenAPI 3.1; named ones are references.
  var json: JSONValue {
    if case .named(let name, _) = kind {
      let reference: JSONValue = ["$ref": .string("#/components/schemas/\(name)")]
      return isNullable ? ["anyOf": [reference, ["type": "null"]]] : reference
    }
    var members = body
    if isNullable {
      if let type = members["type"] { members = members.setting("type", to: [type, "null"]) }
      if let names = members["enum"]?.array {
        members = members.setting("enum", to: .array(names + [.null]))
      }
    }
    if let text { members = members.setting("description", to: .string(text)) }
    if let defaultValue { members = members.setting("default", to: defaultValue) }
    return members
  }

  /// Every named schema that this one speaks of, itself included.
  var names: [String: Schema] {
    switch kind {
    case .named(let name, let schema):
      schema.names.merging([name: schema]) { first, _ in first }
    case .array(let element, _, _): element.names
    case .object(let properties, _):
      properties.reduce(into: [:]) { names, property in
        names.merge(property.schema.names) { first, _ in first }
      }
    default: [:]
    }
  }

  private var body: JSONValue {
    switch kind {
    case .any, .named: [:]
    case .boolean: ["type": "boolean"]
    case .integer(let minimum, let maximum):
      bounded("integer", minimum.map { JSONValue($0) }, maximum.map { JSONValue($0) })
    case .number(let minimum, let maximum):
      bounded("number", minimum.map { JSONValue($0) }, maximum.map { JSONValue($0) })
    case .string(let minimum, let maximum):
      bounded("string", minimum.map { JSONValue($0) }, maximum.map { JSONValue($0) }, "Length")
    case .pattern(let pattern): form(pattern)
    case .choice(let names): ["type": "string", "enum": .array(names.map { .string($0) })]
    case .array(let element, let minimum, let maximum):
      bounded("array", minimum.map { JSONValue($0) }, maximum.map { JSONValue($0) }, "Items")
        .setting("items", to: element.json)
    case .object(let properties, let others): object(properties, others)
    }
  }

  private func bounded(
    _ type: String,
    _ minimum: JSONValue?,
    _ maximum: JSONValue?,
    _ noun: String = "imum"
  ) -> JSONValue {
    var json: JSONValue = ["type": .string(type)]
    if let minimum { json = json.setting("min" + noun, to: minimum) }
    if let maximum { json = json.setting("max" + noun, to: maximum) }
    return json
  }

  private func form(_ pattern: Pattern) -> JSONValue {
    let json: JSONValue = ["type": "string"]
    if let format = pattern.format { return json.setting("format", to: .string(format)) }
    return json.setting("pattern", to: .string("^\(pattern.expression)$"))
  }

  private func object(_ properties: [Property], _ others: Others) -> JSONValue {
    let members = properties.map { JSONValue.Member(key: $0.name, value: $0.schema.json) }
    let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
    var json: JSONValue = ["type": "object"]
    if !members.isEmpty { json = json.setting("properties", to: .object(members)) }
    if !required.isEmpty { json = json.setting("required", to: .array(required)) }
    if case .refused = others { json = json.setting("additionalProperties", to: false) }
    return json
  }
}
