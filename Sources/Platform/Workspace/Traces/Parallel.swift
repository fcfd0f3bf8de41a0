import Dispatch
import Foundation
import Synchronization

/// One less than the cores; asked once, because the system reads files to answer.
private let parallelHelpers = ProcessInfo.processInfo.activeProcessorCount - 1

/// Work on many values, shared out over the cores in small pieces; results keep the values' order.
final class Parallel<Input: Sendable, Output: Sendable>: Sendable {
  private struct State {
    var nextPiece = 0
    var unfinished: Int
    var outcomes: [[Output]]
  }

  // Small, so that the cores end together: the smallest work is some hundred rows.
  private static var pieceValues: Int { 8 }

  private let values: [Input]
  private let work: @Sendable (Input) -> Output
  private let pieceCount: Int
  private let state: Mutex<State>
  /// Signalled once, by whoever finishes the last piece.
  private let end = DispatchSemaphore(value: 0)

  /// Starts at once, with as many helpers as there are other cores; the owner is free meanwhile.
  init(_ values: [Input], work: @escaping @Sendable (Input) -> Output) {
    self.values = values
    self.work = work
    pieceCount = (values.count + Self.pieceValues - 1) / Self.pieceValues
    state = Mutex(
      State(unfinished: pieceCount, outcomes: Array(repeating: [], count: pieceCount))
    )
    if pieceCount == 0 { end.signal() }
    for _ in 0..<min(parallelHelpers, pieceCount) {
      DispatchQueue.global().async { self.help() }
    }
  }

  /// Does what is left of the work and returns everything; to be called once.
  ///
  /// A helper that comes late is not waited for: there is nothing left for it.
  func finish() -> [Output] {
    help()
    end.wait()
    var outputs: [Output] = []
    outputs.reserveCapacity(values.count)
    state.withLock { for piece in $0.outcomes { outputs += piece } }
    return outputs
  }

  private func help() {
    while let piece = nextPiece() {
      let start = piece * Self.pieceValues
      let outcomes = values[start..<min(start + Self.pieceValues, values.count)].map(work)
      let isLast = state.withLock { state in
        state.outcomes[piece] = outcomes
        state.unfinished -= 1
        return state.unfinished == 0
      }
      if isLast { end.signal() }
    }
  }

  private func nextPiece() -> Int? {
    state.withLock { state in
      guard state.nextPiece < pieceCount else { return nil }
      defer { state.nextPiece += 1 }
      return state.nextPiece
    }
  }
}

extension Array where Element: Sendable {
  /// Does the work for every value, shared out over the cores; throws what the first of the failed
  /// values threw.
  func mapInParallel<Output: Sendable>(
    _ work: @escaping @Sendable (Element) throws -> Output
  ) throws -> [Output] {
    try Parallel(self) { value in Result { try work(value) } }.finish().map { try $0.get() }
  }
}
