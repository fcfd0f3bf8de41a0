import Foundation
public import Foundations
import Persistence

/// The memory of requests with an idempotency key: each is carried out once.
public struct RequestLedger: Sendable {
  let database: DatabaseStore
  let now: @Sendable () -> Date

  /// What is to be done with a request.
  public enum Decision: Hashable, Sendable {
    /// It is new: carry it out.
    case proceed
    /// It was answered: give this answer again.
    case replay(Answer)
    /// It is being carried out.
    case wait
    /// Its key belongs to another request.
    case refuse
  }

  /// An answer that is kept.
  public struct Answer: Hashable, Sendable {
    /// The HTTP status.
    public let status: Int
    /// The header fields that belong to the answer, by name.
    public let headers: [String: String]
    /// The body's bytes.
    public let body: [UInt8]

    /// Makes an answer.
    public init(status: Int, headers: [String: String], body: [UInt8]) {
      self.status = status
      self.headers = headers
      self.body = body
    }
  }

  /// Decides about a caller's request; the fingerprint is that of method, address and body.
  public func begin(
    _ key: String,
    caller: String,
    fingerprint: ContentHash
  ) throws -> Decision {
    let time = now()
    let record = try database.takeIdempotencyKey(
      key,
      caller: caller,
      fingerprint: fingerprint,
      at: time,
      oldest: time.addingTimeInterval(-Double(Limits.idempotencySeconds)),
      abandoned: time.addingTimeInterval(-Double(Limits.abandonedRequestSeconds))
    )
    switch record {
    case .taken: return .proceed
    case .inProgress(let known): return known == fingerprint ? .wait : .refuse
    case .answered(let known, let answer):
      guard known == fingerprint else { return .refuse }
      let headers = (answer.headers.object ?? []).compactMap { member in
        member.value.string.map { (member.key, $0) }
      }
      return .replay(
        Answer(
          status: answer.status,
          headers: Dictionary(headers) { first, _ in first },
          body: answer.body
        )
      )
    }
  }

  /// Keeps the answer to a request that was carried out.
  public func finish(_ key: String, caller: String, with answer: Answer) throws {
    let headers = answer.headers.sorted { $0.key < $1.key }.map {
      JSONValue.Member(key: $0.key, value: .string($0.value))
    }
    try database.answerIdempotencyKey(
      key,
      caller: caller,
      with: StoredAnswer(status: answer.status, headers: .object(headers), body: answer.body)
    )
  }

  /// Forgets a request that had no effect, so that it may be sent again with the same key.
  public func release(_ key: String, caller: String) throws {
    try database.releaseIdempotencyKey(key, caller: caller)
  }
}
