import Foundations
import HTTPTypes

/// An answer that says what went wrong: RFC 9457 problem details.
///
/// `detail` is one sentence for a person, also for the predecessor's clients, which read only that.
struct APIProblem: Error, Hashable, Sendable {
  let code: ProblemCode
  let detail: String
  var errors: [FieldProblem] = []
  var headers = HTTPFields()

  init(_ code: ProblemCode, _ detail: String, errors: [FieldProblem] = []) {
    self.code = code
    self.detail = detail
    self.errors = errors
  }

  /// Fields that are not valid; the first one is also the sentence.
  init(fields: [FieldProblem]) {
    let first = fields.first.map { "\($0.pointer.isEmpty ? "the body" : $0.pointer): \($0.detail)" }
    let more = fields.count > 1 ? " (and \(fields.count - 1) more)" : ""
    self.init(.invalidRequest, (first ?? "some fields are not valid") + more, errors: fields)
  }

  /// One field that is not valid.
  init(pointer: String, _ detail: String) {
    self.init(fields: [FieldProblem(pointer: pointer, detail: detail)])
  }

  /// The problem with fields that a use case names found in the request: in the query or the body.
  func placed(in endpoint: Endpoint) -> APIProblem {
    var problem = self
    problem.errors = errors.map { field in
      guard !field.pointer.isEmpty, !field.pointer.contains("/"), !field.pointer.contains(" ")
      else {
        return field
      }
      let name = field.pointer == "search" ? "q" : field.pointer
      let isQuery = endpoint.parameters.contains { $0.place == .query && $0.name == name }
      return FieldProblem(pointer: (isQuery ? "query/" : "/") + name, detail: field.detail)
    }
    return problem
  }

  /// The body of the answer.
  func json(requestID: String) -> JSONValue {
    var json: JSONValue = [
      "type": .string("/docs#\(code.rawValue)"),
      "title": .string(code.title),
      "status": JSONValue(code.status.code),
      "code": .string(code.rawValue),
      "detail": .string(detail),
      "request_id": .string(requestID),
    ]
    if !errors.isEmpty {
      let list = errors.map { field -> JSONValue in
        ["pointer": .string(field.pointer), "detail": .string(field.detail)]
      }
      json = json.setting("errors", to: .array(list))
    }
    return json
  }

  /// The shape of every problem.
  static let schema = Schema.object(
    [
      .required("type", .string.described("where the docs page explains the code")),
      .required("title", .string),
      .required("status", .integer(400...599)),
      .required("code", .choice(ProblemCode.allCases.map(\.rawValue))),
      .required("detail", .string.described("what is wrong this time, for a person")),
      .required("request_id", .string),
      .optional(
        "errors",
        .array(
          of: .object([
            .required("pointer", .string.described("a JSON pointer, or a parameter's name")),
            .required("detail", .string),
          ])
        )
      ),
    ]
  ).named("Problem")
}
