import Access
import Foundation
import Foundations
import HTTPTypes
import Workspace

/// The work of one call: done once, however often a request with the same `Idempotency-Key` comes.
struct IdempotentWork {
  let call: APICall
  let endpoint: Endpoint

  /// Does the work, or gives the answer that was given before.
  func reply() throws -> APIReply {
    guard endpoint.method == .post, let key = call.headers[.idempotencyKey] else {
      return try endpoint.handle(call)
    }
    guard (1...Limits.idempotencyKeyCharacters).contains(key.count) else {
      throw APIProblem(
        pointer: "header/Idempotency-Key",
        "expected 1 to \(Limits.idempotencyKeyCharacters) characters, found \(key.count)"
      )
    }
    let ledger = call.services.workspace.requests
    let caller = call.caller?.id.text ?? ""
    switch try ledger.begin(key, caller: caller, fingerprint: try fingerprint) {
    case .proceed: return try work(key, caller, ledger)
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

  /// A request that failed changed nothing, so its key is free again.
  private func work(_ key: String, _ caller: String, _ ledger: RequestLedger) throws -> APIReply {
    do {
      let reply = try endpoint.handle(call)
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
