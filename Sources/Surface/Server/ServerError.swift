/// Why the server does not start.
public enum ServerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Others reach the address, or a token was asked for, and there is none.
  case needsToken(host: String)
  /// The address cannot be used.
  case unusableAddress(host: String, port: Int, reason: String)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .needsToken(let host):
      "the server does not start: every request to \(host) needs an access token, and there is no "
        + "valid one; make one with: tunix-rt token create NAME --scope read,write, or serve this "
        + "machine alone with --host 127.0.0.1 and without --require-token"
    case .unusableAddress(let host, let port, let reason):
      "the server does not start: \(host):\(port) cannot be used: \(reason)"
    }
  }
}
