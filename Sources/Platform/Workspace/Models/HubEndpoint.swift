public import Foundation

/// How to reach the Hugging Face hub, with the variables that its own tools read.
public struct HubEndpoint: Sendable {
  /// The hub's address (`HF_ENDPOINT`).
  public var address: String
  /// The secret that is sent with requests to the hub itself (`HF_TOKEN`).
  public var token: String?
  /// Whether the network must not be used (`HF_HUB_OFFLINE`).
  public var isOffline: Bool

  /// Names an endpoint.
  public init(address: String, token: String? = nil, isOffline: Bool = false) {
    self.address = address
    self.token = token
    self.isOffline = isOffline
  }

  /// Reads the variables of an environment.
  public init(environment: [String: String]) {
    let named = environment["HF_ENDPOINT"] ?? ""
    let secret = environment["HF_TOKEN"] ?? ""
    let offline = (environment["HF_HUB_OFFLINE"] ?? "").uppercased()
    self.init(
      address: named.isEmpty ? "https://huggingface.co" : named,
      token: secret.isEmpty ? nil : secret,
      isOffline: ["1", "TRUE", "YES", "ON"].contains(offline)
    )
  }

  /// The address of a file: `{endpoint}/{repository}/resolve/{revision}/{file}`.
  public func location(repository: String, revision: String, file: String) -> URL? {
    URL(string: address)?
      .appending(path: repository).appending(path: "resolve")
      .appending(path: revision).appending(path: file)
  }
}
