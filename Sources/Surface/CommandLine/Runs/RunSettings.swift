import ArgumentParser
import Evaluation
import Execution
import Experiments
import Foundation
import Foundations
import Judging
import Workspace

/// What every run is told: how answers are generated and who judges them.
struct RunSettings: ParsableArguments {
  @Option(help: "The most new tokens of one answer.")
  var maxNewTokens = 128

  @Option(help: "How many answers are generated at once; changes the speed and nothing else.")
  var batchSize = 48

  @Option(help: "The judge and its version.")
  var judge = Judges.standard.identity.description

  @OptionGroup var template: TemplateOptions
  @OptionGroup var sampling: SamplingFlags
  @OptionGroup var engine: EngineFlags

  var generation: GenerationSettings {
    GenerationSettings(
      maxNewTokens: maxNewTokens,
      batchSize: batchSize,
      dtype: engine.dtype,
      sampling: sampling.settings,
      stop: sampling.stop,
      sharesPrefixes: !sampling.noPrefixSharing
    )
  }

  func judgeIdentity() throws -> JudgeIdentity { try Judges.named(judge).identity }

  /// Writes the run down, computes it, and shows its scores.
  func execute(_ specification: RunSpecification, _ options: GlobalOptions) async throws {
    let workspace = try options.openWorkspace()
    let pending = try workspace.runs.create(specification)
    try await RunWork(workspace: workspace, threads: engine.threads, options: options)
      .show(pending) { try await $0.execute($1) }
  }
}

/// The computing of one run, shown while it works and when it is done.
struct RunWork {
  let workspace: WorkspaceFolder
  let threads: Int?
  let options: GlobalOptions

  /// Computes a run as `work` says and shows its scores.
  func show(_ pending: Run, _ work: (RunExecutor, Run) async throws -> Run) async throws {
    let progress = RunProgress(options.output)
    options.output.note("run \(pending.id.text)")
    let executor = RunExecutor(workspace, threads: threads, events: { progress.show($0) })
    let run = try await work(executor, pending)
    progress.finish()
    let judged = try workspace.runs.items(of: run.id)
    let scores = RunScores(of: judged)
    var sheet = FactSheet()
    sheet.add("run", run.id.text)
    sheet.add("strict", scores.sentence(.strict))
    sheet.add("lenient", scores.sentence(.lenient))
    sheet.add("loss", Self.losses(of: run))
    sheet.add("took", run.durationSeconds.map(HumanText.duration))
    options.output.show(
      sheet.text,
      json: run.json.setting("scores", to: scores.json)
    )
  }

  /// The first and the last loss of a training run.
  private static func losses(of run: Run) -> String? {
    guard let first = run.metrics?["train_first_loss"]?.double,
      let final = run.metrics?["train_final_loss"]?.double
    else { return nil }
    return "\(HumanText.fixed(first, 3)) -> \(HumanText.fixed(final, 3))"
  }
}
