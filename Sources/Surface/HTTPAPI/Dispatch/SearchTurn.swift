import HTTPTypes
import Synchronization

/// Lets one long search through the traces run at a time, so that such searches never take every
/// thread from short requests.
final class SearchTurn: Sendable {
  private let isTaken = Mutex(false)

  /// Carries the work out, or refuses it while other work is at it.
  func take<T>(_ work: () throws -> T) throws -> T {
    let isFree = isTaken.withLock { taken in
      defer { taken = true }
      return !taken
    }
    guard isFree else {
      var problem = APIProblem(.unavailable, "another search through the traces is at work")
      problem.headers[.retryAfter] = "1"
      throw problem
    }
    defer { isTaken.withLock { $0 = false } }
    return try work()
  }
}
