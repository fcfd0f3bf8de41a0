public import Foundation
public import Foundations
import GRDB

/// What is known about a request that carries an idempotency key.
public enum IdempotencyRecord: Hashable, Sendable {
  /// The key is new and is now taken by this request.
  case taken
  /// The key belongs to a request that is not answered yet.
  case inProgress(fingerprint: ContentHash)
  /// The key's request was answered so.
  case answered(fingerprint: ContentHash, answer: StoredAnswer)
}

/// An answer that is given again to a repeated request.
public struct StoredAnswer: Hashable, Sendable {
  /// The HTTP status.
  public let status: Int
  /// The header fields that belong to the answer.
  public let headers: JSONValue
  /// The body's bytes.
  public let body: [UInt8]

  /// Makes an answer.
  public init(status: Int, headers: JSONValue, body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

extension DatabaseStore {
  /// Takes a key for a request, or says who has it.
  ///
  /// Keys from before `oldest` are forgotten first; one that was taken before `abandoned` and never
  /// answered belongs to a server that died, and is taken over by the same request.
  public func takeIdempotencyKey(
    _ key: String,
    caller: String,
    fingerprint: ContentHash,
    at time: Date,
    oldest: Date,
    abandoned: Date
  ) throws(PersistenceError) -> IdempotencyRecord {
    try write { db in
      try db.execute(
        sql: """
          DELETE FROM idempotencyKey
          WHERE createdAt < ? OR (status IS NULL AND createdAt < ? AND caller = ? AND key = ?)
          """,
        arguments: [Timestamp.text(of: oldest), Timestamp.text(of: abandoned), caller, key]
      )
      if let row = try Row.fetchOne(
        db,
        sql: "SELECT * FROM idempotencyKey WHERE caller = ? AND key = ?",
        arguments: [caller, key]
      ) {
        return try Self.record(of: row)
      }
      try db.execute(
        sql: """
          INSERT INTO idempotencyKey (caller, key, fingerprint, createdAt) VALUES (?, ?, ?, ?)
          """,
        arguments: [caller, key, fingerprint.hex, Timestamp.text(of: time)]
      )
      return .taken
    }
  }

  /// Keeps the answer to a key's request.
  public func answerIdempotencyKey(
    _ key: String,
    caller: String,
    with answer: StoredAnswer
  ) throws(PersistenceError) {
    try write { db in
      try db.execute(
        sql: """
          UPDATE idempotencyKey SET status = ?, headers = ?, body = ?
          WHERE caller = ? AND key = ?
          """,
        arguments: [
          answer.status, answer.headers.compact, Data(answer.body), caller, key,
        ]
      )
    }
  }

  /// Forgets a key whose request had no lasting effect, so that it may be tried again.
  public func releaseIdempotencyKey(_ key: String, caller: String) throws(PersistenceError) {
    try write { db in
      try db.execute(
        sql: "DELETE FROM idempotencyKey WHERE caller = ? AND key = ? AND status IS NULL",
        arguments: [caller, key]
      )
    }
  }

  private static func record(of row: Row) throws -> IdempotencyRecord {
    let reader = RowReader(row, table: "idempotencyKey", id: row["key"])
    return try reader.reading {
      let fingerprint = try reader.hash("fingerprint")
      guard let status = row["status"] as Int? else {
        return .inProgress(fingerprint: fingerprint)
      }
      let answer = StoredAnswer(
        status: status,
        headers: try reader.json("headers"),
        body: Array(row["body"] as Data? ?? Data())
      )
      return .answered(fingerprint: fingerprint, answer: answer)
    }
  }
}
