import HTTPTypes

/// Finds the endpoints of an address, for the answer that says which methods there are.
struct EndpointTable: Sendable {
  let endpoints: [Endpoint]

  /// The methods that an address has, in a fixed order; empty where there is no such address.
  ///
  /// Of several patterns that fit, the one with names where others have parameters is the address.
  func methods(at path: String) -> [String] {
    let parts = Self.parts(of: path)
    let fitting = endpoints.filter { Self.matches($0.path, parts) }
    let best = fitting.map(\.path).min { Self.parameters(of: $0) < Self.parameters(of: $1) }
    let methods = fitting.filter { $0.path == best }.map(\.method.rawValue)
    let heads = methods.contains("GET") ? ["HEAD"] : []
    return (Array(Set(methods)) + heads).sorted()
  }

  private static func parameters(of template: String) -> Int {
    template.count { $0 == "{" }
  }

  private static func parts(of path: String) -> [Substring] {
    path.split(separator: "/", omittingEmptySubsequences: true)
  }

  private static func matches(_ template: String, _ parts: [Substring]) -> Bool {
    let names = Self.parts(of: template)
    guard names.count == parts.count else { return false }
    return zip(names, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
  }
}
