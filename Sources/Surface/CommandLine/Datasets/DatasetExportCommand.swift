import ArgumentParser
import Datasets
import Foundation
import Foundations
import Rendering
import Workspace

struct DatasetExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a dataset out: one row a trace, in the dataset's order.",
    discussion: """
      The same dataset always gives the same bytes. JSON Lines: trace, tunix_sft, training_example \
      (the predecessor's), messages, prompt_completion; tables: csv, parquet. --style, \
      --instruction and --system are for messages and prompt_completion.
      """
  )

  @Argument(help: "The dataset's key.")
  var key: String

  @Option(
    help: """
      The rows' format: trace, tunix_sft, training_example, messages, prompt_completion, csv or \
      parquet.
      """
  )
  var format = FormatName.trace

  @Option(help: "Only this side: train or test.")
  var split: SplitName?

  @Option(help: ArgumentHelp("Write this file instead of standard output.", valueName: "file"))
  var out: String?

  @OptionGroup var texts: TextOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard texts.isDefault || [.messages, .promptCompletion].contains(format.format) else {
      throw ValidationError(
        "--style, --instruction and --system are for messages and prompt_completion"
      )
    }
  }

  func run() async throws {
    let datasets = try options.openWorkspace().datasets
    var export = try datasets.export(
      key,
      as: format.format,
      in: split?.split,
      options: texts.exportOptions
    )
    guard let out else {
      while let bytes = try export.next() { options.output.write(bytes) }
      return
    }
    let size = try export.write(to: URL(filePath: out))
    options.output.show(
      "wrote \(out): \(HumanText.size(size))",
      json: ["path": .string(out), "bytes": JSONValue(size)]
    )
  }

  /// A row format on the command line.
  enum FormatName: String, ExpressibleByArgument, CaseIterable {
    case trace
    case tunixSFT = "tunix_sft"
    case trainingExample = "training_example"
    case messages
    case promptCompletion = "prompt_completion"
    case csv
    case parquet

    var format: ExportFormat {
      switch self {
      case .trace: .trace
      case .tunixSFT: .tunixSFT
      case .trainingExample: .trainingExample
      case .messages: .messages
      case .promptCompletion: .promptCompletion
      case .csv: .csv
      case .parquet: .parquet
      }
    }
  }
}

/// A side of a split on the command line.
enum SplitName: String, ExpressibleByArgument, CaseIterable {
  case train
  case test

  var split: DatasetSplit { self == .train ? .train : .test }
}

/// How traces are written as texts.
struct TextOptions: ParsableArguments {
  @Option(help: "How steps and answer are written: numbered, think or tags.")
  var style: StyleName?

  @Option(help: "What follows every prompt: none, v1 or show_steps.")
  var instruction: InstructionName?

  @Option(help: "A system turn in the place of the traces' own.")
  var system: String?

  var isDefault: Bool { style == nil && instruction == nil && system == nil }

  var exportOptions: ExportOptions {
    ExportOptions(
      style: style?.style ?? .numbered,
      instruction: instruction?.instruction ?? .promptOnly,
      system: system
    )
  }

  func rendering(default usual: TraceRendering) -> TraceRendering {
    TraceRendering(
      instruction: instruction?.instruction ?? usual.instruction,
      style: style?.style ?? usual.style,
      system: system ?? usual.system
    )
  }

  enum StyleName: String, ExpressibleByArgument, CaseIterable {
    case numbered
    case think
    case tags

    var style: ReasoningStyle {
      switch self {
      case .numbered: .numbered
      case .think: .think
      case .tags: .tags
      }
    }
  }

  enum InstructionName: String, ExpressibleByArgument, CaseIterable {
    case none
    case v1
    case showSteps = "show_steps"

    var instruction: AnswerInstruction {
      switch self {
      case .none: .promptOnly
      case .v1: .v1
      case .showSteps: .showSteps
      }
    }
  }
}
