/// Why the server does not start.
public enum ServerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Others would reach the address, and nobody would have to say who they are.
  case needsToken(host: String)
  /// The address cannot be used.
  case unusableAddress(host: String, port: Int, reason: String)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .needsToken(let host):
      "the server does not start: \(host) is reached by other machines, and there is no valid "
        + "access token; make one with: tunix-rt token create NAME --scope read,write, "
        + "or stay on this machine with --host 127.0.0.1"
    case .unusableAddress(let host, let port, let reason):
      "the server does not start: \(host):\(port) cannot be used: \(reason)"
    }
  }
}
