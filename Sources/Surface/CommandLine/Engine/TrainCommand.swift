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
      nothing is learned; group_key in it, or in its metadata, names the problem for \
      eval_split_ratio. The output folder gets run_manifest.json, metrics.jsonl, \
      training_summary.json and adapter/ in PEFT's format; with --predict also predictions.jsonl and \
      predictions_meta.json.

      With save_steps in the configuration it gets checkpoint-STEP folders too. A run that was \
      interrupted or killed goes on with --resume auto, and ends with the very bytes of a run that \
      was not. Keys of the configuration: \(TrainingConfigurationFile.keyList).
      """
  )

  @Option(help: ArgumentHelp("The configuration; see configs/.", valueName: "yaml"))
  var config: String

  @Option(help: ArgumentHelp("The rows to learn.", valueName: "jsonl"))
  var data: String

  @Option(help: ArgumentHelp("The folder for the results.", valueName: "dir"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Go on from a checkpoint's folder, or auto: from the newest in the output folder, if any.",
      valueName: "dir|auto"
    )
  )
  var resume: String?

  @Flag(help: "Remove the checkpoints and results of an earlier run in the output folder.")
  var overwrite = false

  @Option(help: ArgumentHelp("Rows to answer after training.", valueName: "jsonl"))
  var predict: String?

  @Option(help: "The most new tokens of an answer.")
  var maxNewTokens = 128

  @Option(help: "How many rows are answered at once.")
  var batchSize = 16

  @OptionGroup var template: TemplateOptions
  @OptionGroup var engine: EngineFlags
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if resume != nil && overwrite {
      throw ValidationError("--resume and --overwrite cannot be had together")
    }
  }

  func run() async throws {
    let folder = URL(filePath: output, directoryHint: .isDirectory)
    var training = FileTraining(
      try TrainingConfigurationFile(URL(filePath: config))
        .using(chatTemplate: template.chatTemplate),
      data: URL(filePath: data),
      output: folder,
      options: engine.options
    )
    training.questions = predict.map { URL(filePath: $0) }
    training.maxNewTokens = maxNewTokens
    training.batchSize = batchSize
    training.start = start
    let isThere = WorkspaceFolder.exists(at: options.location)
    let progress = RunProgress(options.output)
    let result = try await training.run(
      in: isThere ? try options.openWorkspace() : nil,
      events: { progress.show($0) }
    )
    progress.finish()
    show(result, in: folder)
  }

  private var start: TrainingStart {
    switch resume {
    case nil: overwrite ? .overwriting : .beginning
    case "auto": .latestCheckpoint
    case .some(let path): .checkpoint(URL(filePath: path, directoryHint: .isDirectory))
    }
  }

  private func show(_ result: TrainingResult, in folder: URL) {
    let product = folder.appending(path: result.product).path
    var lines = [
      "trained \(result.steps) steps in \(HumanText.duration(result.seconds)), "
        + "\(Int(result.tokensPerSecond.rounded())) tokens a second: loss "
        + "\(HumanText.fixed(result.firstLoss, 3)) -> \(HumanText.fixed(result.finalLoss, 3))"
    ]
    if result.ending == "stopped_early" { lines[0] += "; stopped early" }
    if let best = result.best {
      lines.append(
        "evaluation loss: best \(HumanText.fixed(best.evalLoss, 3)) after step \(best.step); kept is "
          + "step \(result.keptStep)"
      )
    }
    lines.append("\(result.product): \(product)")
    options.output.show(
      lines.joined(separator: "\n"),
      json: [
        "steps": JSONValue(result.steps), "first_loss": JSONValue(result.firstLoss),
        "final_loss": JSONValue(result.finalLoss), "mean_loss": JSONValue(result.meanLoss),
        "num_tokens": JSONValue(result.numTokens), "seconds": JSONValue(result.seconds),
        "tokens_per_second": JSONValue(result.tokensPerSecond), "ending": .string(result.ending),
        "final_eval_loss": result.finalEvalLoss.map { JSONValue($0) } ?? .null,
        "best_step": result.best.map { JSONValue($0.step) } ?? .null,
        "best_eval_loss": result.best.map { JSONValue($0.evalLoss) } ?? .null,
        "kept_step": JSONValue(result.keptStep), "adapter": .string(product),
      ]
    )
  }
}
