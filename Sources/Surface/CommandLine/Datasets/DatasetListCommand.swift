import ArgumentParser
import Datasets
import Foundations
import Workspace

struct DatasetListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List datasets, the newest first."
  )

  @Option(help: "Only datasets of this name.")
  var name: String?

  @Option(help: ArgumentHelp("The next_cursor of the page before.", valueName: "text"))
  var cursor: String?

  @OptionGroup var page: PageOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let library = try options.openWorkspace().datasets
    let total = try library.count(name: name)
    let found = try library.page(
      name: name,
      cursor: cursor,
      limit: page.limit,
      offset: page.offset
    )
    var table = TextTable("dataset", ">train", ">test", "created", "sha256")
    for dataset in found.datasets {
      table.add(
        dataset.datasetKey,
        "\(dataset.trainCount)",
        "\(dataset.testCount)",
        HumanText.time(dataset.createdAt),
        HumanText.short(dataset.contentHash.hex)
      )
    }
    options.output.show(
      table.text(orWhenEmpty: "no datasets")
        + page.footer(shown: found.datasets.count, of: total),
      json: [
        "datasets": .array(found.datasets.map(\.json)), "total": JSONValue(total),
        "next_cursor": JSONValue(optional: found.nextCursor),
      ]
    )
  }
}
