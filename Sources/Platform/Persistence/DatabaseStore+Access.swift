public import Access
public import Foundation
public import Foundations
import GRDB

extension DatabaseStore {
  /// Stores a token with the sha256 of its secret; refuses a name that is taken.
  public func insert(token: AccessToken, secretHash: ContentHash) throws(PersistenceError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO accessToken (id, name, secretHash, scopes, createdAt, expiresAt)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          token.id.text, token.name, secretHash.hex,
          token.scopes.sorted().map(\.rawValue).joined(separator: " "),
          Timestamp.text(of: token.createdAt), token.expiresAt.map(Timestamp.text(of:)),
        ]
      )
    }
  }

  /// The token whose secret has this sha256.
  public func accessToken(
    secretHash: ContentHash
  ) throws(PersistenceError) -> AccessToken? {
    try read { db in
      try Row.fetchOne(
        db,
        sql: "SELECT * FROM accessToken WHERE secretHash = ?",
        arguments: [secretHash.hex]
      ).map(AccessToken.init(row:))
    }
  }

  /// The newest tokens, taken-back ones too.
  public func accessTokens(limit: Int) throws(PersistenceError) -> [AccessToken] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT * FROM accessToken ORDER BY sequence DESC LIMIT ?",
        arguments: [limit]
      ).map(AccessToken.init(row:))
    }
  }

  /// How many tokens are good at a time.
  public func validTokenCount(at time: Date) throws(PersistenceError) -> Int {
    try read { db in
      try Int.fetchOne(
        db,
        sql: """
          SELECT COUNT(*) FROM accessToken
          WHERE revokedAt IS NULL AND (expiresAt IS NULL OR expiresAt > ?)
          """,
        arguments: [Timestamp.text(of: time)]
      ) ?? 0
    }
  }

  /// Takes a token back by name or identifier; says whether there was one that was good.
  public func revokeToken(_ name: String, at time: Date) throws(PersistenceError) -> Bool {
    try write { db in
      try db.execute(
        sql: """
          UPDATE accessToken SET revokedAt = ? WHERE (name = ? OR id = ?) AND revokedAt IS NULL
          """,
        arguments: [Timestamp.text(of: time), name, name.lowercased()]
      )
      return db.changesCount > 0
    }
  }

  /// Writes one row, so that a disk or lock that stops writing is noticed before a client's data.
  public func probeWriting(at time: Date) throws(PersistenceError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO writeProbe (id, writtenAt) VALUES (1, ?)
          ON CONFLICT (id) DO UPDATE SET writtenAt = excluded.writtenAt
          """,
        arguments: [Timestamp.text(of: time)]
      )
    }
  }
}

extension AccessToken {
  fileprivate init(row: Row) throws {
    let reader = RowReader(row, table: "accessToken", id: row["id"])
    self = try reader.reading {
      let words = (row["scopes"] as String).split(separator: " ")
      return AccessToken(
        id: try reader.identifier("id"),
        name: row["name"],
        scopes: Set(words.compactMap { AccessScope(rawValue: String($0)) }),
        createdAt: try reader.date("createdAt"),
        expiresAt: try reader.optionalDate("expiresAt"),
        revokedAt: try reader.optionalDate("revokedAt")
      )
    }
  }
}
