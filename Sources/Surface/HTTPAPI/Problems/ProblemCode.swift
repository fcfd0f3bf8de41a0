import HTTPTypes

/// What can go wrong, in words that programs may rely on; each has one HTTP status.
enum ProblemCode: String, CaseIterable, Sendable {
  case malformedRequest = "malformed_request"
  case batchSize = "batch_size"
  case tokenRequired = "token_required"
  case tokenInvalid = "token_invalid"
  case scopeMissing = "scope_missing"
  case hostRefused = "host_refused"
  case originRefused = "origin_refused"
  case notFound = "not_found"
  case methodNotAllowed = "method_not_allowed"
  case notAcceptable = "not_acceptable"
  case conflict = "conflict"
  case idempotencyInProgress = "idempotency_in_progress"
  case preconditionFailed = "precondition_failed"
  case bodyTooLarge = "body_too_large"
  case unsupportedMediaType = "unsupported_media_type"
  case invalidRequest = "invalid_request"
  case idempotencyKeyReused = "idempotency_key_reused"
  case preconditionRequired = "precondition_required"
  case internalError = "internal_error"
  case notInstalled = "not_installed"
  case sourceFailed = "source_failed"
  case unavailable = "unavailable"
  case storageFull = "storage_full"

  /// The HTTP status of every answer with this code.
  var status: HTTPResponse.Status {
    switch self {
    case .malformedRequest, .batchSize: .badRequest
    case .tokenRequired, .tokenInvalid: .unauthorized
    case .scopeMissing, .hostRefused, .originRefused: .forbidden
    case .notFound: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .notAcceptable: .notAcceptable
    case .conflict, .idempotencyInProgress: .conflict
    case .preconditionFailed: .preconditionFailed
    case .bodyTooLarge: .contentTooLarge
    case .unsupportedMediaType: .unsupportedMediaType
    case .invalidRequest, .idempotencyKeyReused: .unprocessableContent
    case .preconditionRequired: .preconditionRequired
    case .internalError: .internalServerError
    case .notInstalled: .notImplemented
    case .sourceFailed: .badGateway
    case .unavailable: .serviceUnavailable
    case .storageFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
    }
  }

  /// What the code means, whoever asks; the answer's `detail` says what it means this time.
  var title: String {
    switch self {
    case .malformedRequest: "The request cannot be read."
    case .batchSize: "A batch has too few or too many members."
    case .tokenRequired: "This address needs an access token."
    case .tokenInvalid: "The access token is unknown, expired or revoked."
    case .scopeMissing: "The access token does not allow this."
    case .hostRefused: "The request names a host that this server does not answer for."
    case .originRefused: "A page of another site may not ask for this."
    case .notFound: "There is no such thing."
    case .methodNotAllowed: "This address does not know the method."
    case .notAcceptable: "None of the accepted media types can be given."
    case .conflict: "The state of things does not allow this."
    case .idempotencyInProgress: "A request with this idempotency key is being answered."
    case .preconditionFailed: "The thing was changed since it was read."
    case .bodyTooLarge: "The request's body is too large."
    case .unsupportedMediaType: "The request's body has a media type that is not read here."
    case .invalidRequest: "Some fields of the request are not valid."
    case .idempotencyKeyReused: "The idempotency key was used for another request."
    case .preconditionRequired: "A change of this thing must say which version it changes."
    case .internalError: "The server failed."
    case .notInstalled: "An optional part is not installed."
    case .sourceFailed: "Another program that was asked did not answer."
    case .unavailable: "The server cannot do this now."
    case .storageFull: "The disk is full."
    }
  }
}
