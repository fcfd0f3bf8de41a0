import HTTPTypes

extension HTTPField.Name {
  static let requestID = named("X-Request-ID")
  static let idempotencyKey = named("Idempotency-Key")
  static let idempotencyReplayed = named("Idempotency-Replayed")
  static let link = named("Link")

  private static func named(_ text: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(text) else {
      preconditionFailure("\(text) is no name of a header field.")
    }
    return name
  }
}
