import Access
import Foundations
import HTTPTypes

/// One endpoint in words, as a section of the docs page.
struct EndpointText {
  let endpoint: Endpoint

  var html: String {
    let name = endpoint.operationID
    let method = endpoint.method.rawValue
    let scope = endpoint.scope.map { "token: \($0.rawValue)" } ?? "no token"
    return """
      <section id="\(name)"><h3><span class="\(method.lowercased())">\(method)</span>\
      <a href="#\(name)">\(HTMLText.escaped(endpoint.path))</a> <small>\(scope)</small></h3>
      <p>\(HTMLText.prose(endpoint.summary)).</p>
      \(parameters)\(body)\(replies)\(problems)</section>
      """
  }

  private var parameters: String {
    guard !endpoint.parameters.isEmpty else { return "" }
    let rows = endpoint.parameters.map { parameter in
      let repeated = parameter.isRepeated ? ", may be repeated" : ""
      let need =
        parameter.isRequired && parameter.place != .path
        ? " <span class=\"must\">required</span>" : ""
      let place = parameter.place == .query ? "" : " in the \(parameter.place.words)"
      return "<dt>\(HTMLText.code(parameter.name))\(need)</dt>"
        + "<dd>\(HTMLText.prose(parameter.schema.text ?? ""))"
        + "<small>\(SchemaText(schema: parameter.schema).kind)\(repeated)\(place)</small></dd>"
    }
    return "<h4>Parameters</h4><dl>\(rows.joined())</dl>\n"
  }

  private var body: String {
    guard let body = endpoint.body else { return "" }
    let types = body.types.map(\.essence).joined(separator: ", ")
    let need = body.isRequired ? "" : "optional, "
    let text = SchemaText(schema: body.schema)
    let note = body.schema.text.map { HTMLText.prose($0) + ", " } ?? ""
    return
      "<h4>Body</h4><p>\(note)<small>\(need)\(text.kind) (\(types))</small></p>\(text.members)\n"
  }

  private var replies: String {
    let rows = endpoint.replies.map { reply in
      let types = reply.types.map(\.essence).joined(separator: ", ")
      let text = reply.schema.map(SchemaText.init)
      let kind = [
        text?.kind ?? "", types.isEmpty ? "no body" : types, reply.isTagged ? "ETag" : "",
      ]
      .filter { !$0.isEmpty }.joined(separator: " · ")
      return "<dt>\(HTMLText.code("\(reply.status.code)"))</dt>"
        + "<dd>\(HTMLText.prose(reply.text))<small>\(kind)</small>\(text?.members ?? "")</dd>"
    }
    return "<h4>Answers</h4><dl>\(rows.joined())</dl>\n"
  }

  /// The codes that are this address's own; what follows from any request's shape stands in the
  /// list of all.
  private var problems: String {
    let own = endpoint.problems.sorted {
      ($0.status.code, $0.rawValue) < ($1.status.code, $1.rawValue)
    }
    guard !own.isEmpty else { return "" }
    let links = own.map { "\($0.status.code) <a href=\"#\($0.rawValue)\">\($0.rawValue)</a>" }
    return "<p><small>Problems: \(links.joined(separator: ", "))</small></p>"
  }
}

extension Endpoint.Parameter.Place {
  fileprivate var words: String {
    switch self {
    case .path: "address"
    case .query: "query"
    case .header: "header"
    }
  }
}
