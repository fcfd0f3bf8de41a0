public import Foundation
public import Foundations

/// A named permission to use the API; its secret is known to its bearer only.
public struct AccessToken: Hashable, Sendable {
  /// The token's own name for machines.
  public let id: Identifier<AccessToken>
  /// The token's name for people, unique.
  public let name: String
  /// What it allows.
  public let scopes: Set<AccessScope>
  /// When it was made, UTC.
  public let createdAt: Date
  /// When it ends; nil for never.
  public let expiresAt: Date?
  /// When it was taken back; nil where it was not.
  public let revokedAt: Date?

  /// Puts a token together.
  public init(
    id: Identifier<AccessToken>,
    name: String,
    scopes: Set<AccessScope>,
    createdAt: Date,
    expiresAt: Date?,
    revokedAt: Date? = nil
  ) {
    self.id = id
    self.name = name
    self.scopes = scopes
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.revokedAt = revokedAt
  }

  /// Whether the token is good at a time: neither taken back nor over.
  public func isValid(at time: Date) -> Bool {
    revokedAt == nil && expiresAt.map { time < $0 } ?? true
  }

  /// Whether the token lets its bearer do what needs a scope.
  ///
  /// `admin` allows everything; every scope lets its bearer look.
  public func allows(_ scope: AccessScope) -> Bool {
    scopes.contains(.admin) || scopes.contains(scope) || (scope == .read && !scopes.isEmpty)
  }
}
