import Foundations
import HTTPTypes
import Synchronization

/// What a handler answers.
struct APIReply: Sendable {
  enum Body: Sendable {
    case none
    case json(JSONValue)
    case bytes([UInt8], MediaType)
    /// Pieces that are made as the client takes them.
    case pieces(BytePieces, MediaType)
  }

  var status: HTTPResponse.Status = .ok
  var headers = HTTPFields()
  var body: Body

  static func json(_ value: JSONValue, _ status: HTTPResponse.Status = .ok) -> APIReply {
    APIReply(status: status, body: .json(value))
  }

  static func text(_ text: String, _ type: MediaType) -> APIReply {
    APIReply(body: .bytes(Array(text.utf8), type))
  }

  static func pieces(
    _ type: MediaType,
    _ next: @escaping @Sendable () throws -> [UInt8]?
  ) -> APIReply {
    APIReply(body: .pieces(BytePieces(next), type))
  }

  /// The client has this version already; nothing else need be done for it.
  static let unchanged = APIReply(status: .notModified, body: .none)

  static let noContent = APIReply(status: .noContent, body: .none)

  /// The reply with the version that it shows.
  func tagged(_ tag: EntityTag) -> APIReply {
    var reply = self
    reply.headers[.eTag] = tag.description
    return reply
  }

  /// The reply with the address of what was made.
  func located(at path: String) -> APIReply {
    var reply = self
    reply.headers[.location] = path
    return reply
  }

  /// The reply for what never changes: a client may keep it.
  var immutable: APIReply {
    var reply = self
    reply.headers[.cacheControl] = "private, max-age=31536000, immutable"
    return reply
  }
}

/// A body that is made piece by piece, in bounded memory.
struct BytePieces: Sendable {
  /// The next piece; nil at the end.
  ///
  /// May block; is never called by two threads at once.
  let next: @Sendable () throws -> [UInt8]?

  init(_ next: @escaping @Sendable () throws -> [UInt8]?) {
    self.next = next
  }
}
