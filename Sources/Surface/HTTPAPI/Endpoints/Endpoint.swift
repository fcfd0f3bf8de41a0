import Access
import Foundations
import HTTPTypes
import Workspace

/// One address of the API with one method: what it takes, what it gives, and what it does.
///
/// The router and the OpenAPI document are both made of these values, so they cannot differ.
struct Endpoint: Sendable {
  /// The chapter of the document.
  enum Chapter: String, CaseIterable, Sendable {
    case traces, datasets
    case evaluationSets = "evaluation sets"
    case generators, runs, models, access
    case service
  }

  let method: HTTPRequest.Method
  /// The address, parameters in braces: `/api/traces/{id}`.
  let path: String
  let chapter: Chapter
  /// What it does, one sentence without its full stop.
  let summary: String
  /// What a token must allow; nil where nobody is asked for one.
  var scope: AccessScope?
  var parameters: [Parameter] = []
  var body: RequestShape?
  var replies: [ReplyShape]
  /// Codes that this address answers with besides those that follow from its shape.
  var problems: [ProblemCode] = []
  /// What it does.
  let work: Work

  /// How an endpoint works.
  enum Work: Sendable {
    /// Reads and writes, on a thread that may block.
    case blocking(@Sendable (APICall) throws -> APIReply)
    /// Waits for another program.
    case waiting(@Sendable (APICall) async throws -> APIReply)
  }

  /// The name that generated clients use.
  var operationID: String {
    let words = path.split { !$0.isLetter && !$0.isNumber }.filter { $0 != "api" }
    return ([method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_")
  }
}

extension Endpoint {
  /// An endpoint that reads and writes.
  init(
    method: HTTPRequest.Method,
    path: String,
    chapter: Chapter,
    summary: String,
    scope: AccessScope? = nil,
    parameters: [Parameter] = [],
    body: RequestShape? = nil,
    replies: [ReplyShape],
    problems: [ProblemCode] = [],
    handle: @escaping @Sendable (APICall) throws -> APIReply
  ) {
    self.init(
      method: method,
      path: path,
      chapter: chapter,
      summary: summary,
      scope: scope,
      parameters: parameters,
      body: body,
      replies: replies,
      problems: problems,
      work: .blocking(handle)
    )
  }

  /// A value in the address or in a header.
  struct Parameter: Sendable {
    enum Place: String, Sendable {
      case path, query, header
    }

    let name: String
    let place: Place
    let schema: Schema
    var isRequired: Bool
    /// Whether it may stand several times.
    var isRepeated = false

    static func path(_ name: String, _ schema: Schema) -> Parameter {
      Parameter(name: name, place: .path, schema: schema, isRequired: true)
    }

    static func query(_ name: String, _ schema: Schema, isRequired: Bool = false) -> Parameter {
      Parameter(name: name, place: .query, schema: schema, isRequired: isRequired)
    }

    static func repeatedQuery(_ name: String, _ schema: Schema) -> Parameter {
      Parameter(name: name, place: .query, schema: schema, isRequired: false, isRepeated: true)
    }
  }

  /// The body that a request carries.
  struct RequestShape: Sendable {
    /// How the body reaches the handler.
    enum Kind: Sendable {
      /// JSON that is checked against the schema first.
      case checked
      /// JSON that the handler reads and checks itself, with the same limits.
      case read
      /// Bytes that are put into a temporary file first, so that they may be many.
      case file
    }

    let kind: Kind
    let schema: Schema
    var types: [MediaType] = [.json]
    var isRequired = true
    /// Bytes; nil for the server's general limit.
    var limit: BodyLimit = .general
  }

  /// Which of the server's limits holds for a body.
  enum BodyLimit: Sendable {
    case general, trace, file
  }

  /// One way in which an answer that is no problem looks.
  struct ReplyShape: Sendable {
    let status: HTTPResponse.Status
    let text: String
    let schema: Schema?
    var types: [MediaType] = [.json]
    /// Whether it carries an `ETag`.
    var isTagged = false

    static func json(
      _ status: HTTPResponse.Status,
      _ text: String,
      _ schema: Schema
    ) -> ReplyShape {
      ReplyShape(status: status, text: text, schema: schema)
    }

    static func json(_ text: String, _ schema: Schema, isTagged: Bool = false) -> ReplyShape {
      ReplyShape(status: .ok, text: text, schema: schema, isTagged: isTagged)
    }

    static func bytes(_ text: String, _ types: MediaType...) -> ReplyShape {
      ReplyShape(status: .ok, text: text, schema: nil, types: types)
    }

    static func nothing(_ text: String) -> ReplyShape {
      ReplyShape(status: .noContent, text: text, schema: nil, types: [])
    }
  }
}

/// A media type as headers name it.
struct MediaType: Hashable, Sendable, CustomStringConvertible {
  /// Type and subtype in lower case: `application/json`.
  let essence: String
  /// What follows in `Content-Type`, such as a character set.
  var parameters = ""

  var description: String { essence + parameters }

  static let json = MediaType(essence: "application/json")
  static let problem = MediaType(essence: "application/problem+json")
  static let lines = MediaType(essence: "application/x-ndjson")
  static let jsonl = MediaType(essence: "application/jsonl")
  static let csv = MediaType(essence: "text/csv", parameters: "; charset=utf-8")
  static let parquet = MediaType(essence: "application/vnd.apache.parquet")
  static let html = MediaType(essence: "text/html", parameters: "; charset=utf-8")
  static let plain = MediaType(essence: "text/plain", parameters: "; charset=utf-8")
  static let bytes = MediaType(essence: "application/octet-stream")
  static let metrics = MediaType(
    essence: "text/plain",
    parameters: "; version=0.0.4; charset=utf-8"
  )

  /// Whether an `Accept` header lets this type through; an absent header accepts everything.
  func isAccepted(by header: String?) -> Bool {
    guard let header, !header.allSatisfy(\.isWhitespace) else { return true }
    let group = essence.prefix { $0 != "/" } + "/*"
    return header.split(separator: ",").contains { range in
      let parts = range.split(separator: ";").map { $0.trimmed.lowercased() }
      guard let name = parts.first, [essence, String(group), "*/*"].contains(name) else {
        return false
      }
      return !parts.dropFirst().contains { weight in
        weight.hasPrefix("q=") && Double(weight.dropFirst(2)) == 0
      }
    }
  }
}

extension Substring {
  /// The text without white space around it.
  var trimmed: Substring {
    let head = drop(while: \.isWhitespace)
    return head.prefix(head.count - head.reversed().prefix(while: \.isWhitespace).count)
  }
}
