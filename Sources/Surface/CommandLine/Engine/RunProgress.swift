import Execution
import Synchronization

/// Tells a person how far a run has come, one bar a part of the work.
final class RunProgress: Sendable {
  private let output: Output
  private let bar = Mutex<ProgressBar?>(nil)

  init(_ output: Output) {
    self.output = output
  }

  func show(_ event: RunEvent) {
    switch event {
    case .began(let what):
      finish()
      output.note("  \(what)")
    case .planned(let outline): start(outline)
    case .stepped(let progress):
      current("  training").show(
        progress.step,
        of: progress.steps,
        detail: "step \(progress.step), loss \(HumanText.fixed(progress.loss, 3)), "
          + "\(Int(progress.tokensPerSecond.rounded())) tokens a second"
      )
    case .generated(let finished, let total, let newTokens):
      current("  answering").show(finished, of: total, detail: "\(newTokens) new tokens")
    }
  }

  /// Ends the bar that is shown.
  func finish() {
    bar.withLock { bar in
      bar?.finish()
      bar = nil
    }
  }

  private func start(_ plan: TrainingOutline) {
    output.note(
      "  \(plan.rows) rows, \(plan.tokens) tokens, \(plan.supervisedTokens) of them learned; "
        + "\(plan.steps) steps of \(plan.rowsPerStep) rows; "
        + "\(plan.trainableParameters) trainable parameters"
    )
    if plan.truncatedRows > 0 {
      output.note("  \(plan.truncatedRows) rows were cut to max_length, as truncation asks")
    }
  }

  private func current(_ title: String) -> ProgressBar {
    bar.withLock { bar in
      let shown = bar ?? ProgressBar(title)
      bar = shown
      return shown
    }
  }
}
