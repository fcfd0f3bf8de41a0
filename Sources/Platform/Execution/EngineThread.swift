import Foundation
import Synchronization

/// Whether somebody asked the work on the engine thread to stop.
public final class StopSignal: Sendable {
  private let flag = Atomic<Bool>(false)

  /// A signal that nobody has raised.
  public init() {}

  /// Whether it was raised.
  public var isRaised: Bool { flag.load(ordering: .relaxed) }

  /// Asks the work to stop where nothing is lost.
  public func raise() { flag.store(true, ordering: .relaxed) }
}

/// The one thread that calls the engine.
///
/// oneDNN gives every calling thread a team of OpenMP threads of its own, and two teams on the same
/// cores are slower than one; so all engine work of the process goes through this thread, in order.
public final class EngineThread: Sendable {
  /// The process's engine thread.
  public static let shared = EngineThread()

  // Deep recursion does not happen here; the room is for oneDNN's own scratch on the stack.
  private static let stackBytes = 16 << 20

  private let jobs = Mutex<[@Sendable () -> Void]>([])
  private let arrived = DispatchSemaphore(value: 0)

  private init() {
    let thread = Thread { [self] in
      while true {
        arrived.wait()
        let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        job?()
      }
    }
    thread.stackSize = Self.stackBytes
    thread.name = "engine"
    thread.start()
  }

  /// Runs `work` on the engine thread; cancelling the task raises the signal that it is given.
  public func run<Result: Sendable>(
    _ work: @escaping @Sendable (StopSignal) throws -> Result
  ) async throws -> Result {
    let signal = StopSignal()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        jobs.withLock { jobs in
          jobs.append { continuation.resume(with: Swift.Result { try work(signal) }) }
        }
        arrived.signal()
      }
    } onCancel: {
      signal.raise()
    }
  }
}
