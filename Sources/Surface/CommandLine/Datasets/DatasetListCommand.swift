import ArgumentParser
import Datasets
import Foundations
import Workspace

struct DatasetListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List datasets, the newest first."
  )

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let datasets = try options.openWorkspace().datasets.list()
    var table = TextTable("dataset", ">train", ">test", "created", "sha256")
    for dataset in datasets {
      table.add(
        dataset.datasetKey,
        "\(dataset.items(in: .train).count)",
        "\(dataset.items(in: .test).count)",
        HumanText.time(dataset.createdAt),
        HumanText.short(dataset.contentHash.hex)
      )
    }
    options.output.show(
      table.text(orWhenEmpty: "no datasets"),
      json: ["datasets": .array(datasets.map(\.summary))]
    )
  }
}
