import Foundation
import Synchronization

/// What the server counts about itself, for Prometheus.
final class ServerMetrics: Sendable {
  /// Upper bounds of the request duration's buckets in seconds.
  static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  struct RequestKind: Hashable {
    let method: String
    let route: String
    let status: Int
  }

  struct Durations {
    /// How many requests were not slower than each bound; the last counts all.
    var buckets = Array(repeating: 0, count: ServerMetrics.bounds.count + 1)
    var sumSeconds = 0.0
  }

  struct State {
    var running = 0
    var kinds: [RequestKind: Durations] = [:]
  }

  /// Methods that are told apart; a client may invent others.
  private static let knownMethods: Set = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
  ]

  private let state = Mutex(State())
  let startedAt = Date()

  func requestStarted() {
    state.withLock { $0.running += 1 }
  }

  func requestEnded(method: String, route: String, status: Int, seconds: Double) {
    let known = Self.knownMethods.contains(method) ? method : "other"
    let kind = RequestKind(method: known, route: route, status: status)
    state.withLock { state in
      state.running -= 1
      var durations = state.kinds[kind] ?? Durations()
      for (place, bound) in Self.bounds.enumerated() where seconds <= bound {
        durations.buckets[place] += 1
      }
      durations.buckets[Self.bounds.count] += 1
      durations.sumSeconds += seconds
      state.kinds[kind] = durations
    }
  }

  /// What was counted so far.
  var snapshot: State { state.withLock { $0 } }
}
