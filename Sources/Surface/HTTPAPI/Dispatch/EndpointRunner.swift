import Access
import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import Workspace

/// Carries one endpoint's requests out: who asks, what comes in, the work, what goes out.
struct EndpointRunner: HTTPResponder {
  typealias Context = APIContext

  let endpoint: Endpoint
  let services: APIServices
  let access: AccessRule
  let reader: BodyReader
  let metrics: ServerMetrics
  /// Handlers may block, so they run here and never on a thread that serves connections.
  let threads: NIOThreadPool

  func respond(to request: Request, context: APIContext) async throws -> Response {
    let caller = try access.caller(of: request, for: endpoint)
    try checkAccept(of: request)
    let values = try ParameterReader(parameters: endpoint.parameters)
      .values(of: request, context.parameters)
    let body: CallBody =
      if let shape = endpoint.body {
        try await reader.body(of: request, as: shape)
      } else {
        .none
      }
    defer { body.discard() }
    let call = APICall(
      services: services,
      target: request.uri.string,
      requestID: context.requestID,
      values: values,
      headers: request.headers,
      body: body,
      caller: caller,
      metrics: metrics
    )
    do {
      return response(to: try await reply(to: call), request)
    } catch {
      let problem = APIProblem(error)
      // What nobody foresaw goes on as it is, so that the log has it.
      throw problem.code == .internalError ? error : problem.placed(in: endpoint)
    }
  }

  private func reply(to call: APICall) async throws -> APIReply {
    let once = OnceOnly(call: call, endpoint: endpoint)
    switch endpoint.work {
    case .blocking(let handle):
      return try await threads.runIfActive {
        try once.begin() ?? once.ending { try handle(call) }
      }
    case .waiting(let handle):
      if let known = try await threads.runIfActive({ try once.begin() }) { return known }
      let outcome: Result<APIReply, any Error>
      do {
        outcome = .success(try await handle(call))
      } catch {
        outcome = .failure(error)
      }
      return try await threads.runIfActive { try once.ending { try outcome.get() } }
    }
  }

  private func checkAccept(of request: Request) throws(APIProblem) {
    let header = request.headers[values: .accept].joined(separator: ",")
    let types = endpoint.replies.flatMap(\.types)
    guard types.isEmpty || types.contains(where: { $0.isAccepted(by: header) }) else {
      let known = types.map(\.essence).joined(separator: ", ")
      throw APIProblem(.notAcceptable, "Accept is \(header); this address gives \(known)")
    }
  }

  private func response(to reply: APIReply, _ request: Request) -> Response {
    var headers = reply.headers
    if headers[.cacheControl] == nil { headers[.cacheControl] = "no-cache" }
    if let tag = headers[.eTag], request.method == .get || request.method == .head,
      let known = request.headers[.ifNoneMatch], EntityTag(quoted: tag).isNamed(by: known)
    {
      return Response(status: .notModified, headers: headers)
    }
    switch reply.body {
    case .none: return Response(status: reply.status, headers: headers)
    case .json(let json):
      headers[.contentType] = MediaType.json.description
      let buffer = ByteBuffer(string: json.compact + "\n")
      return Response(
        status: reply.status,
        headers: headers,
        body: ResponseBody(byteBuffer: buffer)
      )
    case .bytes(let bytes, let type):
      headers[.contentType] = type.description
      return Response(
        status: reply.status,
        headers: headers,
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
      )
    case .pieces(let pieces, let type):
      headers[.contentType] = type.description
      return Response(status: reply.status, headers: headers, body: stream(pieces))
    }
  }

  /// A failure in the middle ends the connection without the closing chunk, so that the client
  /// knows that something is missing.
  private func stream(_ pieces: BytePieces) -> ResponseBody {
    ResponseBody { [threads] writer in
      while let piece = try await threads.runIfActive({ try pieces.next() }) {
        try await writer.write(ByteBuffer(bytes: piece))
      }
      try await writer.finish(nil)
    }
  }
}

extension CallBody {
  /// Removes what was put on disk for the call.
  func discard() {
    if case .file(let url) = self { try? FileManager.default.removeItem(at: url) }
  }
}

/// Who may ask for what.
struct AccessRule: Sendable {
  let library: AccessLibrary
  /// Whether a request without a token is refused.
  let needsToken: Bool

  /// The token that a request shows; nil where none is shown and none is needed.
  func caller(of request: Request, for endpoint: Endpoint) throws -> AccessToken? {
    guard let scope = endpoint.scope else { return nil }
    guard let header = request.headers[.authorization] else {
      guard needsToken else { return nil }
      throw refusal(.tokenRequired, "send Authorization: Bearer with a token")
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw refusal(.tokenInvalid, "Authorization is not of the form: Bearer TOKEN")
    }
    guard let token = try library.token(shown: String(parts[1].trimmed)) else {
      throw refusal(.tokenInvalid, "the token is unknown, over or revoked")
    }
    guard token.allows(scope) else {
      throw APIProblem(
        .scopeMissing,
        "the token \(token.name) does not have the scope \(scope.rawValue)"
      )
    }
    return token
  }

  private func refusal(_ code: ProblemCode, _ detail: String) -> APIProblem {
    var problem = APIProblem(code, detail + "; make one with: tunix-rt token create")
    problem.headers[.wwwAuthenticate] = "Bearer realm=\"tunix-rt\""
    return problem
  }
}
