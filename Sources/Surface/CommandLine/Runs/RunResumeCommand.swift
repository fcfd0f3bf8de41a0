import ArgumentParser
import Execution
import Foundation
import Workspace

struct RunResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Go on with a run that was killed, interrupted or failed.",
    discussion: """
      A training goes on from its newest checkpoint (save_steps in the configuration), with the first \
      step where there is none, and the run ends with the very bytes of one that was never stopped. \
      What was asked of the run stands with it and cannot be changed.
      """
  )

  @Argument(help: "The run's id, or its unique beginning.")
  var id: String

  @Option(help: "The number of threads (default: all cores, or $OMP_NUM_THREADS).")
  var threads: Int?

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let workspace = try options.openWorkspace()
    try await RunWork(workspace: workspace, threads: threads, options: options)
      .show(try workspace.runs.show(id)) { try await $0.resume($1) }
  }
}
