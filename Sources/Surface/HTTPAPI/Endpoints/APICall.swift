import Access
import Foundation
import Foundations
import HTTPTypes
import Workspace

/// A request whose shape was checked: what a handler works with.
struct APICall: Sendable {
  /// The use cases.
  let services: APIServices
  /// The address with its query, as it was sent.
  let target: String
  /// The request's own name, also in the log and in every problem.
  let requestID: String
  /// The values of the address and the query by name; absent ones have their default.
  let values: [String: [JSONValue]]
  let headers: HTTPFields
  let body: CallBody
  /// Who asks; nil where no token was shown.
  let caller: AccessToken?
  /// What is counted.
  let metrics: ServerMetrics
}

/// A request's body as its endpoint wants it.
enum CallBody: Sendable {
  case none
  case json(JSONValue)
  case file(URL)
}

extension APICall {
  /// A text that the address or the query names.
  func text(_ name: String) -> String? { values[name]?.first?.string }

  /// All texts of a parameter that may be repeated.
  func texts(_ name: String) -> [String] { (values[name] ?? []).compactMap(\.string) }

  /// A whole number that the query names.
  func int(_ name: String) -> Int? { values[name]?.first?.int }

  /// A number that the query names.
  func number(_ name: String) -> Double? { values[name]?.first?.double }

  /// A truth value that the query names.
  func flag(_ name: String) -> Bool? { values[name]?.first?.bool }

  /// A parameter that the router promises.
  func path(_ name: String) -> String {
    guard let text = text(name) else {
      preconditionFailure("The address of this endpoint has no parameter \(name).")
    }
    return text
  }

  /// The identifier that stands in the address.
  func identifier<Subject>(_ name: String) -> Identifier<Subject> {
    guard let identifier = Identifier<Subject>(path(name)) else {
      preconditionFailure("The parameter \(name) is checked to be a UUID.")
    }
    return identifier
  }

  /// The JSON body; null where there is none.
  var json: JSONValue {
    if case .json(let value) = body { value } else { .null }
  }

  /// Whether the client says that it has this version.
  func knows(_ tag: EntityTag) -> Bool {
    headers[.ifNoneMatch].map(tag.isNamed) ?? false
  }

  /// Refuses the call unless its `If-Match` names the present version.
  ///
  /// An absent header is refused too: a change that does not say what it changes loses another's.
  func requireMatch(_ tag: EntityTag) throws(APIProblem) {
    guard let header = headers[.ifMatch] else {
      throw APIProblem(
        .preconditionRequired,
        "send If-Match with the ETag that you read (now \(tag)), or *"
      )
    }
    guard tag.isNamed(by: header) else {
      throw APIProblem(
        .preconditionFailed,
        "the version is now \(tag), If-Match has \(header); read it again"
      )
    }
  }
}

/// A version of something, as `ETag` and `If-Match` name it (RFC 9110, section 8.8.3).
struct EntityTag: Hashable, Sendable, CustomStringConvertible {
  let description: String

  /// A strong tag of a version's own name.
  init(_ name: String) {
    description = "\"\(name)\""
  }

  /// A tag as a header has it.
  init(quoted text: String) {
    description = text
  }

  /// Whether the header's list names this version, or any version.
  func isNamed(by header: String) -> Bool {
    header.split(separator: ",").contains { entry in
      let name = entry.trimmed
      return name == "*" || name == description || name == "W/" + description
    }
  }
}
