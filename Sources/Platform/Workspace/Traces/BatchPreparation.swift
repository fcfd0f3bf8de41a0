import Dispatch
import Foundations
import Synchronization
import Traces

/// Turns the records of one batch into traces, on other cores while the owner stores the batch
/// before; the results keep the records' order.
final class BatchPreparation: Sendable {
  typealias Outcome = Result<PreparedTrace, TraceLines.Rejection>

  private struct State {
    var nextPiece = 0
    var outcomes: [[Outcome]]
  }

  private static let pieceRecords = 32

  private let records: [JSONLines.Line]
  private let prepare: @Sendable (JSONLines.Line) -> Outcome
  private let pieceCount: Int
  private let state: Mutex<State>
  private let helpers = DispatchGroup()

  /// Starts at once, with as many helpers as there are other cores.
  init(
    _ records: [JSONLines.Line],
    helperCount: Int,
    prepare: @escaping @Sendable (JSONLines.Line) -> Outcome
  ) {
    self.records = records
    self.prepare = prepare
    pieceCount = (records.count + Self.pieceRecords - 1) / Self.pieceRecords
    state = Mutex(State(outcomes: Array(repeating: [], count: pieceCount)))
    for _ in 0..<min(helperCount, pieceCount) {
      DispatchQueue.global().async(group: helpers) { self.work() }
    }
  }

  /// Does what is left of the work and returns everything.
  func finish() -> [Outcome] {
    work()
    helpers.wait()
    return state.withLock { Array($0.outcomes.joined()) }
  }

  private func work() {
    while let piece = nextPiece() {
      let start = piece * Self.pieceRecords
      let outcomes = records[start..<min(start + Self.pieceRecords, records.count)].map(prepare)
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
