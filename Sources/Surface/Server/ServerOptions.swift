public import Foundation
public import HTTPAPI

/// How the server is reached and what it lets through.
public struct ServerOptions: Hashable, Sendable {
  /// The address that connections come to: a name or a number.
  public var host: String
  /// The port; 0 takes any free one.
  public var port: Int
  /// Whether requests from this machine need a token too: behind a proxy they may be anybody's.
  public var requiresToken: Bool
  /// Further names in `Host` that are answered.
  public var allowedHosts: Set<String>
  /// Origins whose pages may use the API from a browser, lower case.
  public var allowedOrigins: Set<String>
  /// The limits of request bodies.
  public var limits: BodyLimits
  /// Seconds that running requests have to end after a stop was asked for.
  public var graceSeconds: Int
  /// Seconds without a byte after which a connection is closed.
  public var idleSeconds: Int
  /// Where bodies that are files are put while they are read.
  public var temporaryFolder: URL

  /// Takes the options; by default only this machine reaches the server.
  public init(
    host: String = "127.0.0.1",
    port: Int = 8000,
    requiresToken: Bool = false,
    allowedHosts: Set<String> = [],
    allowedOrigins: Set<String> = [],
    limits: BodyLimits = BodyLimits(),
    graceSeconds: Int = 20,
    idleSeconds: Int = 75,
    temporaryFolder: URL = FileManager.default.temporaryDirectory
  ) {
    self.host = host
    self.port = port
    self.requiresToken = requiresToken
    self.allowedHosts = allowedHosts
    self.allowedOrigins = allowedOrigins
    self.limits = limits
    self.graceSeconds = graceSeconds
    self.idleSeconds = idleSeconds
    self.temporaryFolder = temporaryFolder
  }

  /// Whether only this machine reaches the address.
  public var isLoopback: Bool {
    let name = host.lowercased()
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil } && parts[0] == "127"
    return isIPv4 || ["localhost", "::1", "[::1]"].contains(name)
  }

  /// The names in `Host` that are answered: on a loopback address only those of this machine, so
  /// that no page of another site reaches the server through a name of its own; nil for all.
  var hosts: Set<String>? {
    guard isLoopback else { return allowedHosts.isEmpty ? nil : allowedHosts }
    return allowedHosts.union(["localhost", "127.0.0.1", "[::1]", host.lowercased()])
  }
}
