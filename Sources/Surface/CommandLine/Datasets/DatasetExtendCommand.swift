import ArgumentParser
import Datasets
import Foundations
import Workspace

struct DatasetExtendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extend",
    abstract: "Freeze the next version of a dataset: its traces and new ones.",
    discussion: """
      Every trace of the dataset keeps its side. New traces of a problem that is tested are left \
      out; new problems go to train, unless --test-count or --test-fraction cut them. A trace that \
      was archived since it was frozen stays, and no other archived one joins.
      """
  )

  @Argument(help: "The dataset's key.")
  var key: String

  @Option(help: "The new version.")
  var version: String

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var refusals: RefusalOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let library = try options.openWorkspace().datasets
    let recipe = selection.recipe(name: try library.show(key).datasetName, version: version)
    let build = try library.extend(key, by: recipe, refusing: refusals.kinds)
    options.output.show(build.text, json: build.json)
  }
}
