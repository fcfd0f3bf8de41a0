import Access
import Foundations
import HTTPTypes

/// The docs page: every endpoint and every problem code on one page that loads nothing else.
struct DocumentPage {
  let endpoints: [Endpoint]

  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>tunix-rt API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>\(Self.style)</style></head><body>
    <h1>tunix-rt API <small>\(ProductVersion.current)</small></h1>
    <p>The same as a machine reads it: <a href="/openapi.json">OpenAPI 3.1</a>. Every answer that is not a
    success is <code>application/problem+json</code> with a stable <code>code</code>, listed
    <a href="#problems">below</a>.</p>
    <nav>\(index)</nav>
    \(chapters.map(chapter).joined(separator: "\n"))
    <h2 id="problems">Problems</h2>
    <table>\(ProblemCode.allCases.map(problem).joined())</table>
    </body></html>

    """
  }

  private static let style = """
    body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}\
    h2{margin-top:2.5rem;border-bottom:1px solid #ddd}code,pre{font:13px ui-monospace,monospace}\
    section{margin:1.5rem 0}h3{font:600 15px ui-monospace,monospace}table{border-collapse:collapse}\
    td,th{text-align:left;vertical-align:top;padding:.15rem .8rem .15rem 0}summary{cursor:pointer}\
    pre{background:#f6f6f6;padding:.6rem;overflow:auto}small{color:#777;font-weight:normal}\
    @media(prefers-color-scheme:dark){body{background:#161616;color:#ddd}pre{background:#222}a{color:#8bf}}
    """

  private var chapters: [Endpoint.Chapter] {
    Endpoint.Chapter.allCases.filter { chapter in endpoints.contains { $0.chapter == chapter } }
  }

  private var index: String {
    chapters.map { "<a href=\"#\(Self.anchor($0))\">\(Self.escaped($0.rawValue))</a>" }
      .joined(separator: " · ")
  }

  private static func anchor(_ chapter: Endpoint.Chapter) -> String {
    chapter.rawValue.replacing(" ", with: "-")
  }

  private func chapter(_ chapter: Endpoint.Chapter) -> String {
    let list = endpoints.filter { $0.chapter == chapter }.map(section).joined(separator: "\n")
    let name = Self.escaped(chapter.rawValue)
    return "<h2 id=\"\(Self.anchor(chapter))\">\(name)</h2>\n\(list)"
  }

  private func section(_ endpoint: Endpoint) -> String {
    let scope = endpoint.scope.map { "token: \($0.rawValue)" } ?? "open"
    let title = Self.escaped("\(endpoint.method.rawValue) \(endpoint.path)")
    let replies = endpoint.replies.map { reply in
      let types = reply.types.map(\.essence).joined(separator: ", ")
      return row("\(reply.status.code)", reply.text, types) + details("its shape", reply.schema)
    }
    return """
      <section id="\(endpoint.operationID)"><h3>\(title) <small>\(scope)</small></h3>
      <p>\(Self.escaped(endpoint.summary)).</p>
      <table>\(endpoint.allParameters.map(row).joined())</table>
      \(details("the request's body", endpoint.body?.schema))
      <table>\(replies.joined())</table></section>
      """
  }

  private func row(_ parameter: Endpoint.Parameter) -> String {
    let need = parameter.isRequired ? "required" : "optional"
    let kind = parameter.schema.json.setting("description", to: .null).compact
      .replacing(",\"description\":null", with: "")
    return row(parameter.name, parameter.schema.text ?? "", "\(parameter.place) \(need) \(kind)")
  }

  private func row(_ name: String, _ text: String, _ kind: String) -> String {
    "<tr><td><code>\(Self.escaped(name))</code></td><td>\(Self.escaped(text))</td>"
      + "<td><small>\(Self.escaped(kind))</small></td></tr>"
  }

  private func problem(_ code: ProblemCode) -> String {
    "<tr id=\"\(code.rawValue)\"><td><code>\(code.rawValue)</code></td>"
      + "<td>\(code.status.code)</td><td>\(Self.escaped(code.title))</td></tr>"
  }

  private func details(_ title: String, _ schema: Schema?) -> String {
    guard let schema else { return "" }
    let shown = if case .named(_, let inner) = schema.kind { inner } else { schema }
    return
      "<details><summary>\(title)</summary><pre>\(Self.escaped(shown.json.pretty))</pre></details>"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
