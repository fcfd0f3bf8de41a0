import Foundation
import Synchronization

/// What the server counts about itself, for Prometheus.
final class ServerMetrics: Sendable {
  /// Upper bounds of a request's duration in seconds.
  static let requestBounds = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  /// Upper bounds of a write's duration in milliseconds: the predecessor's, and finer ones below.
  static let writeBounds: [Double] = [1, 2, 5, 10, 50, 100, 200, 500, 1_000, 2_000, 5_000]

  struct RequestKind: Hashable {
    let method: String
    let route: String
    let status: Int
  }

  struct State {
    var running = 0
    /// Seconds of requests.
    var requests: [RequestKind: Histogram] = [:]
    /// Milliseconds of writes by what was written.
    var writes: [String: Histogram] = [:]
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
      state.requests[kind, default: Histogram(bounds: Self.requestBounds)].add(seconds)
    }
  }

  /// Does what stores something, and counts how long that took; a failure is not counted.
  func timing<T>(_ operation: String, _ work: () throws -> T) rethrows -> T {
    let start = ContinuousClock.now
    let result = try work()
    let milliseconds = start.duration(to: .now).seconds * 1000
    state.withLock { state in
      state.writes[operation, default: Histogram(bounds: Self.writeBounds)].add(milliseconds)
    }
    return result
  }

  /// What was counted so far.
  var snapshot: State { state.withLock { $0 } }
}
