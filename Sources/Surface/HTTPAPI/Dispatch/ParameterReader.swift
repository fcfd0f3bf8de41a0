import Foundation
import Foundations
import Hummingbird

/// Reads the address and the query of a request as their endpoint declares them.
struct ParameterReader: Sendable {
  let parameters: [Endpoint.Parameter]

  /// The values by name, checked; an absent one has its default, if it has one.
  func values(
    of request: Request,
    _ captured: Parameters
  ) throws(APIProblem) -> [String: [JSONValue]] {
    var texts: [String: [String]] = [:]
    var problems: [FieldProblem] = []
    for (name, text) in Self.query(of: request) {
      guard let text else {
        problems.append(FieldProblem(pointer: "query/\(name)", detail: "it is not valid UTF-8"))
        continue
      }
      texts[name, default: []].append(text)
    }
    let known = Set(parameters.filter { $0.place == .query }.map(\.name))
    for name in texts.keys.sorted() where !known.contains(name) {
      let list = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
      problems.append(
        FieldProblem(pointer: "query/\(name)", detail: "no such parameter; there are \(list)")
      )
    }
    for parameter in parameters where parameter.place == .path {
      let text = captured.get(parameter.name)?.removingPercentEncoding
      texts[parameter.name] = text.map { [$0] }
    }
    var values: [String: [JSONValue]] = [:]
    for parameter in parameters where parameter.place != .header {
      values[parameter.name] = Self.read(parameter, texts[parameter.name] ?? [], &problems)
    }
    guard problems.isEmpty else { throw APIProblem(fields: problems) }
    return values
  }

  private static func query(of request: Request) -> [(name: String, text: String?)] {
    (request.uri.query ?? "").split(separator: "&").map { part in
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = decoded(pair[0]) ?? String(pair[0])
      return (name, pair.count > 1 ? decoded(pair[1]) : "")
    }
  }

  private static func decoded(_ text: Substring) -> String? {
    text.replacing("+", with: " ").removingPercentEncoding
  }

  private static func read(
    _ parameter: Endpoint.Parameter,
    _ texts: [String],
    _ problems: inout [FieldProblem]
  ) -> [JSONValue] {
    let pointer = "\(parameter.place.rawValue)/\(parameter.name)"
    guard !texts.isEmpty else {
      if parameter.isRequired {
        problems.append(FieldProblem(pointer: pointer, detail: "this parameter is required"))
      }
      return parameter.schema.defaultValue.map { [$0] } ?? []
    }
    guard texts.count <= (parameter.isRepeated ? Limits.repeatedParameters : 1) else {
      problems.append(FieldProblem(pointer: pointer, detail: "it stands \(texts.count) times"))
      return []
    }
    return texts.map { text in
      let value = parameter.schema.value(ofText: text)
      problems += parameter.schema.problems(with: value, at: pointer)
      return value
    }
  }
}

extension Schema {
  /// What a text of an address means: a number or truth value where one is wanted, else itself.
  func value(ofText text: String) -> JSONValue {
    switch kind {
    case .integer: Int(text).map { JSONValue($0) } ?? .string(text)
    case .number: Double(text).map { JSONValue($0) } ?? .string(text)
    case .boolean: ["true": true, "false": false][text].map { JSONValue($0) } ?? .string(text)
    case .named(_, let schema): schema.value(ofText: text)
    default: .string(text)
    }
  }
}
