import HTTPTypes
import Hummingbird

/// What pages of other sites may do, whose requests a browser sends with `Origin`: those that are
/// allowed by name read and change everything (CORS), all others change nothing.
///
/// A browser keeps other pages from reading answers, but it does send their plain requests.
struct OriginRule: Sendable {
  /// Origins as browsers name them, in lower case: `http://localhost:5173`.
  let allowed: Set<String>

  /// Refuses a change that a page of a site that is not allowed asks for.
  func check(_ request: Request) throws(APIProblem) {
    guard let origin = request.headers[.origin], ![.get, .head, .options].contains(request.method),
      !isAllowed(origin), !Self.isOwn(origin, request)
    else { return }
    throw APIProblem(
      .originRefused,
      "a page of \(origin) asks for this; allow it with --allow-origin if it is yours"
    )
  }

  /// The answer to a browser that asks first whether a page may send a request; nil where the
  /// request is none of these, or the page may not.
  func preflight(_ request: Request, methods: [String]) -> Response? {
    guard request.method == .options, !methods.isEmpty,
      request.headers[.accessControlRequestMethod] != nil,
      let origin = request.headers[.origin], isAllowed(origin)
    else { return nil }
    var headers = HTTPFields()
    headers[.accessControlAllowMethods] = methods.joined(separator: ", ")
    headers[.accessControlAllowHeaders] = Self.requestHeaders
    headers[.accessControlMaxAge] = "600"
    return Response(status: .noContent, headers: headers)
  }

  /// Lets an allowed page read the answer.
  func mark(_ response: inout Response, to request: Request) {
    guard !allowed.isEmpty else { return }
    response.headers[values: .vary].append("Origin")
    guard let origin = request.headers[.origin], isAllowed(origin) else { return }
    response.headers[.accessControlAllowOrigin] = origin
    response.headers[.accessControlAllowCredentials] = "true"
    response.headers[.accessControlExposeHeaders] = Self.responseHeaders
  }

  private func isAllowed(_ origin: String) -> Bool { allowed.contains(origin.lowercased()) }

  private static func isOwn(_ origin: String, _ request: Request) -> Bool {
    guard let authority = request.head.authority?.lowercased() else { return false }
    return ["http://\(authority)", "https://\(authority)"].contains(origin.lowercased())
  }

  private static let requestHeaders =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-ID"
  private static let responseHeaders =
    "ETag, Idempotency-Replayed, Link, Location, Retry-After, X-Request-ID"
}
