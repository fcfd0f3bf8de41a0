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
    let library = try options.openWorkspace().datasets
    let dataset = try library.show(key)
    let checks = try library.checks(of: key)
    let lines = [dataset.facts.text] + checks.map(\.sentence)
    options.output.show(
      lines.joined(separator: "\n") + "\n\n" + Self.categories(of: dataset),
      json: dataset.json.setting("checks", to: .array(checks.map(\.json)))
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
