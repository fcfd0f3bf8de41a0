import ArgumentParser
import Execution
import Foundation
import Foundations
import Workspace

struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train an adapter from a configuration and a file of rows, without the database.",
    discussion: """
      A row is {"prompt", "response"}, {"messages"}, or {"input_ids", "labels"} with -100 where \
      nothing is learned. The output folder gets run_manifest.json, metrics.jsonl and adapter/ in \
      PEFT's format; with --predict also predictions.jsonl and predictions_meta.json.
      """
  )

  @Option(help: ArgumentHelp("The configuration; see configs/.", valueName: "yaml"))
  var config: String

  @Option(help: ArgumentHelp("The rows to learn.", valueName: "jsonl"))
  var data: String

  @Option(help: ArgumentHelp("The folder for the results.", valueName: "dir"))
  var output: String

  @Option(help: ArgumentHelp("Rows to answer after training.", valueName: "jsonl"))
  var predict: String?

  @Option(help: "The most new tokens of an answer.")
  var maxNewTokens = 128

  @Option(help: "How many rows are answered at once.")
  var batchSize = 16

  @OptionGroup var engine: EngineFlags
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let folder = URL(filePath: output, directoryHint: .isDirectory)
    var training = FileTraining(
      try TrainingConfigurationFile(URL(filePath: config)),
      data: URL(filePath: data),
      output: folder,
      options: engine.options
    )
    training.questions = predict.map { URL(filePath: $0) }
    training.maxNewTokens = maxNewTokens
    training.batchSize = batchSize
    let isThere = WorkspaceFolder.exists(at: options.location)
    let progress = RunProgress(options.output)
    let result = try await training.run(
      in: isThere ? try options.openWorkspace() : nil,
      events: { progress.show($0) }
    )
    progress.finish()
    let adapter = folder.appending(path: "adapter").path
    options.output.show(
      "trained \(result.steps) steps in \(HumanText.duration(result.seconds)), "
        + "\(Int(result.tokensPerSecond.rounded())) tokens a second: loss "
        + "\(HumanText.fixed(result.firstLoss, 3)) -> \(HumanText.fixed(result.finalLoss, 3))\n"
        + "adapter: \(adapter)",
      json: [
        "steps": JSONValue(result.steps), "first_loss": JSONValue(result.firstLoss),
        "final_loss": JSONValue(result.finalLoss), "mean_loss": JSONValue(result.meanLoss),
        "num_tokens": JSONValue(result.numTokens), "seconds": JSONValue(result.seconds),
        "tokens_per_second": JSONValue(result.tokensPerSecond), "adapter": .string(adapter),
      ]
    )
  }
}
