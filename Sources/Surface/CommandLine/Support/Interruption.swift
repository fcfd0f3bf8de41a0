import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C into the cancellation of the running verb.
enum Interruption {
  /// Runs a verb; the first interrupt cancels it, so that it can stop where nothing is lost, and a
  /// later one ends the process at once.
  ///
  /// One interrupt may arrive twice (to the process and to its group), so what comes within the
  /// same second counts as one.
  static func cancelling(_ verb: @escaping @Sendable () async throws -> Void) async throws {
    let task = Task { try await verb() }
    let firstSignal = Mutex<ContinuousClock.Instant?>(nil)
    let sources = [SIGINT, SIGTERM].map { number in
      // Without this the default handler ends the process before the source is asked.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let first = firstSignal.withLock { first in
          first = first ?? .now
          return first ?? .now
        }
        if first.duration(to: .now) > .seconds(1) { exit(130) }
        task.cancel()
      }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    try await task.value
  }
}
