import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import Logging

/// What every request passes, whether its address exists or not: it gets a name, is counted and
/// logged, and whatever goes wrong becomes a problem.
struct RequestGate: RouterMiddleware {
  typealias Context = APIContext

  let table: EndpointTable
  let hosts: HostRule
  let origins: OriginRule
  let metrics: ServerMetrics

  @concurrent func handle(
    _ request: Request,
    context: APIContext,
    next: @concurrent (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.requestID = Self.name(of: request, orElse: context.id)
    let start = ContinuousClock.now
    metrics.requestStarted()
    var response = await answer(request, context, next)
    let seconds = start.duration(to: .now).seconds
    let route = context.endpointPath ?? "unknown"
    metrics.requestEnded(
      method: request.method.rawValue,
      route: route == "NotFound" ? "unknown" : route,
      status: response.status.code,
      seconds: seconds
    )
    response.headers[.requestID] = context.requestID
    response.headers[.xContentTypeOptions] = "nosniff"
    origins.mark(&response, to: request)
    log(request, response, seconds, context)
    return response
  }

  private func answer(
    _ request: Request,
    _ context: APIContext,
    _ next: @concurrent (Request, APIContext) async throws -> Response
  ) async -> Response {
    do {
      try hosts.check(request)
      let methods = request.method == .options ? table.methods(at: request.uri.path) : []
      if let answer = origins.preflight(request, methods: methods) { return answer }
      try origins.check(request)
      return try await next(request, context)
    } catch {
      let problem = problem(of: error, request)
      if problem.code == .internalError {
        context.logger.error("\(request.method) \(request.uri.path) failed: \(error)")
      }
      return Self.response(to: problem, context)
    }
  }

  /// The library's own errors say that no endpoint was found, or that a request cannot be read.
  private func problem(of error: any Error, _ request: Request) -> APIProblem {
    guard let error = error as? HTTPError else { return APIProblem(error) }
    guard error.status == .notFound else {
      return APIProblem(.malformedRequest, error.body ?? "the request cannot be read")
    }
    let methods = table.methods(at: request.uri.path)
    guard !methods.isEmpty else {
      return APIProblem(.notFound, "there is no address \(request.uri.path); see /docs")
    }
    let allowed = methods.joined(separator: ", ")
    var problem = APIProblem(
      .methodNotAllowed,
      "\(request.uri.path) takes \(allowed), not \(request.method.rawValue)"
    )
    problem.headers[.allow] = allowed
    return problem
  }

  static func response(to problem: APIProblem, _ context: APIContext) -> Response {
    var headers = problem.headers
    headers[.contentType] = MediaType.problem.description
    headers[.cacheControl] = "no-store"
    let text = problem.json(requestID: context.requestID).compact + "\n"
    return Response(
      status: problem.code.status,
      headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(string: text))
    )
  }

  /// The client's name for the request, where it is short and plain, so that it can stand in a log.
  private static func name(of request: Request, orElse own: String) -> String {
    guard let shown = request.headers[.requestID],
      (1...128).contains(shown.utf8.count),
      shown.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { return own }
    return shown
  }

  private func log(
    _ request: Request,
    _ response: Response,
    _ seconds: Double,
    _ context: APIContext
  ) {
    context.logger.info(
      "\(request.method) \(request.uri.path) \(response.status.code)",
      metadata: [
        "request_id": "\(context.requestID)",
        "milliseconds": "\((seconds * 10_000).rounded() / 10)",
      ]
    )
  }
}

/// Which values of `Host` are answered: a page of another site must not reach this server through a
/// name that it made point here.
struct HostRule: Sendable {
  /// Names without port, in lower case; nil where every name is right.
  let names: Set<String>?

  func check(_ request: Request) throws(APIProblem) {
    guard let names, let authority = request.head.authority, !authority.isEmpty else { return }
    let host = Self.host(of: authority)
    guard names.contains(host) else {
      throw APIProblem(
        .hostRefused,
        "this server answers for \(names.sorted().joined(separator: ", ")), not for \(host); "
          + "allow a name with --allow-host"
      )
    }
  }

  private static func host(of authority: String) -> String {
    if authority.hasPrefix("[") {
      return authority.prefix { $0 != "]" }.lowercased() + "]"
    }
    return authority.prefix { $0 != ":" }.lowercased()
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
