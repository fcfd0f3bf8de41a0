import Experiments
import Foundation
import Foundations
import Testing

struct RunStatusTests {
  enum Event: String, CaseIterable, Sendable {
    case started
    case completed
    case failed
    case timedOut
    case cancelRequested
    case cancelled
    case resumed

    func apply(to status: inout RunStatus) throws {
      switch self {
      case .started: try status.started()
      case .completed: try status.completed()
      case .failed: try status.failed("no space")
      case .timedOut: try status.timedOut("after 30 s")
      case .cancelRequested: _ = try status.cancelRequested()
      case .cancelled: try status.cancelled("Ctrl-C")
      case .resumed: try status.resumed()
      }
    }
  }

  /// What each event makes of each state that allows it.
  static let allowed: [RunState: [Event: RunState]] = [
    .pending: [
      .started: .running, .failed: .failed, .cancelRequested: .cancelled, .resumed: .running,
    ],
    .running: [
      .completed: .completed, .failed: .failed, .timedOut: .timeout,
      .cancelRequested: .cancelRequested, .cancelled: .cancelled, .resumed: .running,
    ],
    .cancelRequested: [
      .completed: .completed, .failed: .failed, .timedOut: .timeout,
      .cancelRequested: .cancelRequested, .cancelled: .cancelled, .resumed: .running,
    ],
    .failed: [.resumed: .running], .timeout: [.resumed: .running], .cancelled: [.resumed: .running],
  ]

  @Test(arguments: RunState.allCases, Event.allCases)
  func `every event moves every state as the table says`(_ state: RunState, _ event: Event) {
    var status = RunStatus(state: state, message: nil)

    if let next = Self.allowed[state]?[event] {
      #expect(throws: Never.self) { try event.apply(to: &status) }
      #expect(status.state == next)
    } else {
      #expect(throws: ExperimentError.self) { try event.apply(to: &status) }
      #expect(status.state == state)
    }
  }

  @Test func `a wish to cancel says what has to stop`() throws {
    var waiting = RunStatus()
    var working = RunStatus()
    try working.started()

    #expect(try waiting.cancelRequested() == .forget)
    #expect(try working.cancelRequested() == .interrupt)
    #expect(try working.cancelRequested() == .nothing)
    #expect(waiting.state.isFinal)
    #expect(!working.state.isFinal)
  }

  @Test func `a failed run keeps its reason`() throws {
    var status = RunStatus()
    try status.started()
    try status.failed("the disk is full")

    #expect(status.message == "the disk is full")
    let error = ExperimentError.badTransition(from: .failed, event: "running")
    #expect(error.description == "a run that is failed cannot become running")
  }

  @Test func `a run knows how long it took`() throws {
    var run = Run(
      id: .random(),
      specification: try RunSpecificationTests.specification(),
      datasetHash: ContentHash(ofText: "demo"),
      createdAt: Date(timeIntervalSince1970: 0)
    )
    #expect(run.durationSeconds == nil)

    run.startedAt = Date(timeIntervalSince1970: 10)
    run.completedAt = Date(timeIntervalSince1970: 52.5)

    #expect(run.durationSeconds == 42.5)
  }
}
