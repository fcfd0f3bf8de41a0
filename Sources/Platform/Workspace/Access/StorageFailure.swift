import Persistence

/// A failure of what lies below a use case, in words that the surface may act on.
public enum StorageFailure: Hashable, Sendable {
  /// Another process holds the database.
  case busy
  /// The disk is full.
  case full
  /// The change would break a promise of the schema.
  case refused(reason: String)

  /// What an error says about storage; nil for any other failure.
  public init?(_ error: any Error) {
    switch error as? PersistenceError {
    case .busy: self = .busy
    case .diskFull: self = .full
    case .refused(let reason): self = .refused(reason: reason)
    default: return nil
    }
  }
}
