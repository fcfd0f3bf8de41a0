import ArgumentParser
import Datasets
import Foundations
import Rendering
import Traces
import Workspace

struct DatasetExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a dataset as JSON Lines: one row a trace, in the dataset's order.",
    discussion: "The same dataset always gives the same bytes, on standard output."
  )

  @Argument(help: "The dataset's key.")
  var key: String

  @Option(help: "The rows' format: trace, tunix_sft or training_example.")
  var format = FormatName.trace

  @Option(help: "Only this side: train or test.")
  var split: SplitName?

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let traces = try options.openWorkspace().datasets.traces(of: key, in: split?.split)
    options.output.write(JSONLines.asciiText(traces.map { format.format.row(for: $0) }))
  }

  /// A row format on the command line.
  enum FormatName: String, ExpressibleByArgument, CaseIterable {
    case trace
    case tunixSFT = "tunix_sft"
    case trainingExample = "training_example"

    var format: ExportFormat {
      switch self {
      case .trace: .trace
      case .tunixSFT: .tunixSFT
      case .trainingExample: .trainingExample
      }
    }
  }

  /// A side of a split on the command line.
  enum SplitName: String, ExpressibleByArgument, CaseIterable {
    case train
    case test

    var split: DatasetSplit { self == .train ? .train : .test }
  }
}
