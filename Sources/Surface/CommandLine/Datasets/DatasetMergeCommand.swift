import ArgumentParser
import Datasets
import Foundations
import Workspace

struct DatasetMergeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Freeze one dataset of several.",
    discussion: """
      A problem that one of them tests is tested, and no trace of it is in train. The same content \
      enters once. A trace that was archived since it was frozen stays.
      """
  )

  @Argument(help: "The datasets' keys, two or more.")
  var keys: [String]

  @Option(help: "The new dataset's name.")
  var name: String

  @Option(help: "The new dataset's version.")
  var version: String

  @OptionGroup var refusals: RefusalOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let build = try options.openWorkspace().datasets.merge(
      keys,
      into: DatasetRecipe(name: name, version: version),
      refusing: refusals.kinds
    )
    options.output.show(build.text, json: build.json)
  }
}
