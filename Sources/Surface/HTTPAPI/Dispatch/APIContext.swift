public import Hummingbird

/// What travels with one request.
public struct APIContext: RequestContext {
  /// What the server library keeps.
  public var coreContext: CoreRequestContextStorage
  /// The request's own name: the client's, where it sent one that can be used.
  var requestID = ""

  /// Begins with what the server knows of the connection.
  public init(source: Source) {
    coreContext = CoreRequestContextStorage(source: source)
  }
}
