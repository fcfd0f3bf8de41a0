import ArgumentParser
import Execution
import Experiments
import Foundations
import Judging

struct RunBaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "base",
    abstract: "Answer a dataset's test items with a model as it is, and judge the answers."
  )

  @Option(help: "The dataset's key.")
  var dataset: String

  @Option(help: "A model's name, a promoted model (name@alias), or a path.")
  var model: String

  @Option(
    help: "The seed of sampled answers, recorded with the run; greedy ones do not depend on it."
  )
  var seed: UInt64 = 42

  @OptionGroup var settings: RunSettings
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let specification = try RunSpecification(
      kind: .inference,
      model: model,
      datasetKey: dataset,
      judge: try settings.judgeIdentity(),
      generation: settings.generation,
      training: nil,
      seed: seed,
      chatTemplate: try settings.template.checkedName()
    )
    try await settings.execute(specification, options)
  }
}
