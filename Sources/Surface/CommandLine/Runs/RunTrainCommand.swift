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
    abstract: "Train on a dataset's train items, answer its test items, and judge.",
    discussion: """
      The test items are asked exactly as in a base run. What is trained is an adapter, or every weight \
      where the configuration says finetuning_type: full. With save_steps in it, a run that was \
      interrupted or killed goes on with `tunix-rt run resume`.
      """
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
      .using(chatTemplate: settings.template.chatTemplate)
    let baseRun = try base.map { try options.openWorkspace().runs.show($0) }
    let specification = try RunSpecification(
      kind: configuration.runKind,
      model: configuration.model,
      datasetKey: dataset,
      judge: try settings.judgeIdentity(),
      generation: settings.generation,
      training: configuration.json,
      seed: configuration.seed,
      baseRunID: baseRun?.id,
      chatTemplate: configuration.chatTemplate
    )
    try await settings.execute(specification, options)
  }
}
