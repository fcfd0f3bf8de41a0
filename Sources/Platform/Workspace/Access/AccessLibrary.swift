public import Access
import Foundation
public import Foundations
import Persistence

/// Everything that is done with access tokens: making, listing, checking and taking them back.
public struct AccessLibrary: Sendable {
  let database: DatabaseStore
  let now: @Sendable () -> Date

  /// Makes a token; the secret is in the result and nowhere else.
  ///
  /// `lifetimeSeconds` nil means that it never ends.
  public func create(
    name: String,
    scopes: Set<AccessScope>,
    lifetimeSeconds: Int? = nil
  ) throws -> (token: AccessToken, secret: TokenSecret) {
    let isName = name.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9._-]{0,63}/#) != nil
    guard isName else {
      throw WorkspaceError.invalidName(
        noun: "token",
        name: name,
        rule: "1 to 64 letters, digits, dots, hyphens and underscores, a letter or digit first"
      )
    }
    guard try list().allSatisfy({ $0.name != name }) else {
      throw WorkspaceError.invalidName(
        noun: "token",
        name: name,
        rule: "it is taken; a name is used once, also after the token was revoked"
      )
    }
    let createdAt = now()
    let token = AccessToken(
      id: .random(),
      name: name,
      scopes: scopes,
      createdAt: createdAt,
      expiresAt: lifetimeSeconds.map { createdAt.addingTimeInterval(Double($0)) }
    )
    let secret = TokenSecret.random()
    try database.insert(token: token, secretHash: secret.hash)
    return (token, secret)
  }

  /// The newest tokens, ended and revoked ones too.
  public func list(limit: Int = Limits.largestPageRows) throws -> [AccessToken] {
    try database.accessTokens(limit: limit)
  }

  /// Takes a token back, by its name or identifier; it is of no use from now on.
  public func revoke(_ name: String) throws {
    guard try database.revokeToken(name, at: now()) else {
      throw WorkspaceError.unknown(
        noun: "token",
        name: name,
        hint: "or it is revoked already; see them with: tunix-rt token list"
      )
    }
  }

  /// The token that a bearer's text is the secret of; nil where it is unknown, over or revoked.
  public func token(shown text: String) throws -> AccessToken? {
    guard let secret = TokenSecret(text) else { return nil }
    let token = try database.accessToken(secretHash: secret.hash)
    return token.flatMap { $0.isValid(at: now()) ? $0 : nil }
  }

  /// How many tokens are good now.
  public func validCount() throws -> Int { try database.validTokenCount(at: now()) }

  /// Whether a token is good now.
  public func isValid(_ token: AccessToken) -> Bool { token.isValid(at: now()) }
}
