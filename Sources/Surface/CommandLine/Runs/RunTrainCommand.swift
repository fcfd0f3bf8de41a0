import ArgumentParser
import Execution
import Experiments
import Foundation
import Foundations
import Judging
import Workspace

struct RunTrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train an adapter on a dataset's train items, answer its test items, and judge.",
    discussion: "The test items are asked exactly as in a base run."
  )

  @Option(help: "The dataset's key.")
  var dataset: String

  @Option(help: ArgumentHelp("The training configuration; see configs/.", valueName: "yaml"))
  var config: String

  @Option(
    help: ArgumentHelp("The base run that this one is to be compared with.", valueName: "run")
  )
  var base: String?

  @OptionGroup var settings: RunSettings
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let configuration = try TrainingConfigurationFile(URL(filePath: config))
    let baseRun = try base.map { try options.openWorkspace().runs.show($0) }
    let specification = try RunSpecification(
      kind: .loraSFT,
      model: configuration.model,
      datasetKey: dataset,
      judge: try settings.judgeIdentity(),
      generation: settings.generation,
      training: configuration.json,
      seed: configuration.seed,
      baseRunID: baseRun?.id
    )
    try await settings.execute(specification, options)
  }
}
