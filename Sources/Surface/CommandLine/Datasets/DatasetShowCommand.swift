import ArgumentParser
import Datasets
import Foundations
import Workspace

struct DatasetShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a dataset: its recipe, its sides, its categories; --json prints the manifest."
  )

  @Argument(help: "The dataset's key.")
  var key: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let dataset = try options.openWorkspace().datasets.show(key)
    options.output.show(
      dataset.facts.text + "\n\n" + Self.categories(of: dataset),
      json: dataset.json
    )
  }

  private static func categories(of dataset: DatasetManifest) -> String {
    let groups = Dictionary(grouping: dataset.items) { $0.category ?? "(none)" }
    var table = TextTable("category", ">train", ">test")
    for (category, items) in groups.sorted(by: { $0.key < $1.key }) {
      table.add(
        category,
        "\(items.count { $0.split == .train })",
        "\(items.count { $0.split == .test })"
      )
    }
    return table.text(orWhenEmpty: "")
  }
}
