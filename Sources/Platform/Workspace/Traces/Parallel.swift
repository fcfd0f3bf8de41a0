import Dispatch
import Foundation
import Synchronization

/// Work on many values, shared out over the cores in small pieces; results keep the values' order.
final class Parallel<Input: Sendable, Output: Sendable>: Sendable {
  private struct State {
    var nextPiece = 0
    var outcomes: [[Output]]
  }

  private static var pieceValues: Int { 32 }

  private let values: [Input]
  private let work: @Sendable (Input) -> Output
  private let pieceCount: Int
  private let state: Mutex<State>
  private let helpers = DispatchGroup()

  /// Starts at once, with as many helpers as there are other cores; the owner is free meanwhile.
  init(_ values: [Input], work: @escaping @Sendable (Input) -> Output) {
    self.values = values
    self.work = work
    pieceCount = (values.count + Self.pieceValues - 1) / Self.pieceValues
    state = Mutex(State(outcomes: Array(repeating: [], count: pieceCount)))
    let otherCores = ProcessInfo.processInfo.activeProcessorCount - 1
    for _ in 0..<min(otherCores, pieceCount) {
      DispatchQueue.global().async(group: helpers) { self.help() }
    }
  }

  /// Does what is left of the work and returns everything.
  func finish() -> [Output] {
    help()
    helpers.wait()
    return state.withLock { Array($0.outcomes.joined()) }
  }

  private func help() {
    while let piece = nextPiece() {
      let start = piece * Self.pieceValues
      let outcomes = values[start..<min(start + Self.pieceValues, values.count)].map(work)
      state.withLock { $0.outcomes[piece] = outcomes }
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
