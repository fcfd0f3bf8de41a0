/// Where a run stands.
public enum RunState: String, Hashable, Sendable, Codable, CaseIterable {
  /// Written down, not begun.
  case pending

  /// At work.
  case running

  /// Ended well.
  case completed

  /// Ended with an error.
  case failed

  /// Stopped because its time was over.
  case timeout

  /// Asked to stop, still at work.
  case cancelRequested = "cancel_requested"

  /// Stopped because it was asked to.
  case cancelled

  /// Whether nothing can happen to the run any more.
  public var isFinal: Bool {
    switch self {
    case .pending, .running, .cancelRequested: false
    case .completed, .failed, .timeout, .cancelled: true
    }
  }
}

/// The status machine of a run: one method an event.
///
/// `pending → running → completed | failed | timeout`, `pending → cancelled`,
/// `running → cancel_requested → cancelled`. A run that was asked to stop may still end in the
/// other ways first. Whatever did not complete may go on: anything but `completed → running`.
public struct RunStatus: Hashable, Sendable, Codable {
  /// What whoever runs the run has to do about a wish to cancel.
  public enum CancelAction: Hashable, Sendable {
    /// The run never began; nothing has to stop.
    case forget

    /// Interrupt the run at its next step boundary.
    case interrupt

    /// It was asked before.
    case nothing
  }

  /// Where the run stands.
  public private(set) var state: RunState

  /// Why it failed or stopped, for people.
  public private(set) var message: String?

  /// The status of a run that was just written down.
  public init() { state = .pending }

  /// A stored status.
  public init(state: RunState, message: String?) {
    self.state = state
    self.message = message
  }

  /// The run began.
  public mutating func started() throws(ExperimentError) {
    try move(to: .running, from: [.pending])
  }

  /// The run goes on after its process ended, or after it was stopped or failed.
  public mutating func resumed() throws(ExperimentError) {
    try move(to: .running, from: Set(RunState.allCases).subtracting([.completed]))
  }

  /// The run ended well.
  public mutating func completed() throws(ExperimentError) {
    try move(to: .completed, from: [.running, .cancelRequested])
  }

  /// The run ended with an error.
  public mutating func failed(_ reason: String) throws(ExperimentError) {
    try move(to: .failed, from: [.pending, .running, .cancelRequested], message: reason)
  }

  /// The run's time was over.
  public mutating func timedOut(_ reason: String) throws(ExperimentError) {
    try move(to: .timeout, from: [.running, .cancelRequested], message: reason)
  }

  /// Somebody wants the run to stop.
  public mutating func cancelRequested() throws(ExperimentError) -> CancelAction {
    switch state {
    case .pending:
      state = .cancelled
      message = "cancelled before it began"
      return .forget
    case .running:
      state = .cancelRequested
      return .interrupt
    case .cancelRequested:
      return .nothing
    case .completed, .failed, .timeout, .cancelled:
      throw .badTransition(from: state, event: RunState.cancelRequested.rawValue)
    }
  }

  /// The run stopped because it was asked to, or was interrupted at the keyboard.
  public mutating func cancelled(_ reason: String) throws(ExperimentError) {
    try move(to: .cancelled, from: [.running, .cancelRequested], message: reason)
  }
}

extension RunStatus {
  private mutating func move(
    to next: RunState,
    from allowed: Set<RunState>,
    message: String? = nil
  ) throws(ExperimentError) {
    guard allowed.contains(state) else {
      throw .badTransition(from: state, event: next.rawValue)
    }
    state = next
    self.message = message
  }
}
