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
      let evaluated = progress.evalLoss.map { ", evaluation \(HumanText.fixed($0, 3))" } ?? ""
      current("  training").show(
        progress.step,
        of: progress.steps,
        detail: "step \(progress.step), loss \(HumanText.fixed(progress.loss, 3))\(evaluated), "
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
    if let packing = plan.packing {
      output.note(
        "  packed into \(packing.bins) rows, \(HumanText.fixed(100 * packing.efficiency, 1)) % full"
      )
    }
    if plan.evaluationRows > 0 {
      output.note("  \(plan.evaluationRows) other rows for the evaluation loss")
    }
    let memory = HumanText.fixed(Double(plan.plannedBytes) / 1e9, 2)
    output.note(
      "  memory plan \(memory) GB"
        + (plan.checkpointsActivations ? ", blocks are computed again in the backward pass" : "")
    )
  }

  private func current(_ title: String) -> ProgressBar {
    bar.withLock { bar in
      let shown = bar ?? ProgressBar(title)
      bar = shown
      return shown
    }
  }
}
