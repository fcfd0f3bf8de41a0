import Access
import Foundation
import Foundations
import HTTPTypes
import Workspace

/// Sees to it that the work of a call is done once, however often a request with the same
/// `Idempotency-Key` comes; a call without a key is done every time.
struct OnceOnly: Sendable {
  let call: APICall
  let endpoint: Endpoint

  private var key: String? {
    endpoint.method == .post && endpoint.scope != nil ? call.headers[.idempotencyKey] : nil
  }

  private var caller: String { call.caller?.id.text ?? "" }

  private var ledger: RequestLedger { call.services.workspace.requests }

  /// The answer that was given before; nil where the work is to be done now.
  func begin() throws -> APIReply? {
    guard let key else { return nil }
    guard (1...Limits.idempotencyKeyCharacters).contains(key.count) else {
      throw APIProblem(
        pointer: "header/Idempotency-Key",
        "expected 1 to \(Limits.idempotencyKeyCharacters) characters, found \(key.count)"
      )
    }
    switch try ledger.begin(key, caller: caller, fingerprint: try fingerprint) {
    case .proceed: return nil
    case .replay(let answer): return replay(answer)
    case .wait:
      var problem = APIProblem(
        .idempotencyInProgress,
        "a request with this Idempotency-Key is being answered; try again"
      )
      problem.headers[.retryAfter] = "1"
      throw problem
    case .refuse:
      throw APIProblem(
        .idempotencyKeyReused,
        "this Idempotency-Key was sent with another request; take a new one"
      )
    }
  }

  /// Keeps the answer; a request that failed changed nothing, so its key is free again.
  func ending(_ work: () throws -> APIReply) throws -> APIReply {
    guard let key else { return try work() }
    do {
      let reply = try work()
      guard let answer = answer(of: reply) else {
        try ledger.release(key, caller: caller)
        return reply
      }
      try ledger.finish(key, caller: caller, with: answer)
      return reply
    } catch {
      try? ledger.release(key, caller: caller)
      throw error
    }
  }

  /// What is kept; nil for an answer that is too large or comes in pieces.
  private func answer(of reply: APIReply) -> RequestLedger.Answer? {
    var headers: [String: String] = [:]
    for field in reply.headers { headers[field.name.rawName] = field.value }
    switch reply.body {
    case .json(let json):
      let bytes = Array(json.compact.utf8)
      guard bytes.count <= Limits.idempotentAnswerBytes else { return nil }
      return RequestLedger.Answer(status: reply.status.code, headers: headers, body: bytes)
    case .none:
      return RequestLedger.Answer(status: reply.status.code, headers: headers, body: [])
    case .bytes, .pieces: return nil
    }
  }

  private func replay(_ answer: RequestLedger.Answer) -> APIReply {
    var headers = HTTPFields()
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    headers[.idempotencyReplayed] = "true"
    let json = try? JSONValue(parsing: answer.body)
    return APIReply(
      status: HTTPResponse.Status(code: answer.status),
      headers: headers,
      body: json.map { .json($0) } ?? .none
    )
  }

  /// What must be the same for a request to be the same.
  private var fingerprint: ContentHash {
    get throws {
      var hasher = ContentHasher()
      hasher.update(Array("\(endpoint.method.rawValue) \(call.target)\n".utf8))
      switch call.body {
      case .none: break
      case .json(let json): hasher.update(Array(json.compact.utf8))
      case .file(let url):
        let handle = try FileHandle(forReadingFrom: url)
        defer { try? handle.close() }
        while let piece = try handle.read(upToCount: 1_048_576), !piece.isEmpty {
          hasher.update(piece)
        }
      }
      return hasher.finish()
    }
  }
}
