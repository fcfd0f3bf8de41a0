import Access
import Foundations
import HTTPTypes

/// The docs page: every endpoint, every shape and every problem code on one page that loads nothing
/// else.
struct DocumentPage {
  let endpoints: [Endpoint]

  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>tunix-rt API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>\(DocumentStyle.text)</style></head><body>
    <nav aria-label="Addresses"><ul>\(index)</ul></nav>
    <main><h1>tunix-rt API <small>\(ProductVersion.current)</small></h1>
    \(Self.introduction)
    \(chapters.map(chapter).joined(separator: "\n"))
    <h2 id="shapes">Shapes</h2>
    \(shapes.map(shape).joined(separator: "\n"))
    <h2 id="problems">Problems</h2>
    <table>\(ProblemCode.allCases.map(problem).joined())</table>
    </main></body></html>

    """
  }

  private var chapters: [Endpoint.Chapter] {
    Endpoint.Chapter.allCases.filter { chapter in endpoints.contains { $0.chapter == chapter } }
  }

  private func endpoints(of chapter: Endpoint.Chapter) -> [Endpoint] {
    endpoints.filter { $0.chapter == chapter }
  }

  private var index: String {
    let list = chapters.map { chapter in
      let entries = endpoints(of: chapter).map { endpoint in
        let method = endpoint.method.rawValue
        let path = HTMLText.escaped(endpoint.path.replacing("/api", with: ""))
        return "<li><a href=\"#\(endpoint.operationID)\">"
          + "<span class=\"\(method.lowercased())\">\(method)</span> \(path)</a></li>"
      }
      return entry(HTMLText.anchor(chapter.rawValue), chapter.rawValue, entries.joined())
    }
    return list.joined() + entry("shapes", "shapes", "") + entry("problems", "problems", "")
  }

  private func entry(_ anchor: String, _ name: String, _ inner: String) -> String {
    "<li><a href=\"#\(anchor)\">\(HTMLText.escaped(name))</a>"
      + (inner.isEmpty ? "" : "<ul>\(inner)</ul>") + "</li>"
  }

  private func chapter(_ chapter: Endpoint.Chapter) -> String {
    let list = endpoints(of: chapter).map { EndpointText(endpoint: $0).html }
    let name = chapter.rawValue
    return "<h2 id=\"\(HTMLText.anchor(name))\">\(HTMLText.escaped(name))</h2>\n"
      + list.joined(separator: "\n")
  }

  /// The named shapes, by name.
  private var shapes: [(name: String, schema: Schema)] {
    var names = APIProblem.schema.names
    for endpoint in endpoints {
      for schema in [endpoint.body?.schema].compactMap(\.self)
        + endpoint.replies.compactMap(\.schema)
      {
        names.merge(schema.names) { first, _ in first }
      }
    }
    return names.sorted { $0.key < $1.key }.map { (name: $0.key, schema: $0.value) }
  }

  private func shape(_ name: String, _ schema: Schema) -> String {
    let text = SchemaText(schema: schema)
    return "<section id=\"shape-\(name)\"><h3><a href=\"#shape-\(name)\">\(name)</a></h3>"
      + (text.members.isEmpty ? "<p>\(text.kind)</p>" : text.members) + "</section>"
  }

  private func problem(_ code: ProblemCode) -> String {
    "<tr id=\"\(code.rawValue)\"><td>\(code.status.code)</td>"
      + "<td>\(HTMLText.code(code.rawValue))</td><td>\(HTMLText.escaped(code.title))</td></tr>"
  }
}

extension DocumentPage {
  /// What holds for every address, with a request that can be tried.
  private static let introduction = """
    <p>Everything here is also in <a href="/openapi.json">OpenAPI 3.1</a>. A first trace, and the \
    newest ones:</p>
    <pre><code>curl localhost:8000/api/traces -H 'Content-Type: application/json' -d '{
      "trace_version": "1.0", "prompt": "What is 2 + 3?", "final_answer": "5",
      "steps": [{"i": 0, "type": "think", "content": "2 + 3 = 5"}]}'
    curl 'localhost:8000/api/traces?limit=5'</code></pre>
    <ul>
    <li><b>Tokens.</b> A server that others reach, or that was started with \
    <code>--require-token</code>, wants <code>Authorization: Bearer TOKEN</code>. What the token \
    must allow stands beside each address; <code>tunix-rt token create</code> makes one.</li>
    <li><b>Problems.</b> Whatever is not a success is <code>application/problem+json</code> with a \
    stable <a href="#problems">code</a>, a sentence for people in <code>detail</code>, the wrong \
    fields in <code>errors</code>, and the <code>request_id</code>, which is in the log, too.</li>
    <li><b>Pages.</b> Lists take <code>limit</code> and <code>offset</code>, most of them also \
    <code>cursor</code>, which stays right while rows are added. <code>Link</code> leads to the \
    next page.</li>
    <li><b>Repeats.</b> Every POST takes <code>Idempotency-Key</code>: sent again with the same \
    key, a request is answered as it was the first time and changes nothing.</li>
    <li><b>Versions.</b> An answer with an <code>ETag</code> can be asked for again with \
    <code>If-None-Match</code> (304 if it is the same) and changed with <code>If-Match</code>.</li>
    </ul>
    """
}
