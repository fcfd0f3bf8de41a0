import ArgumentParser
import Datasets
import Foundations
import Workspace

struct DatasetBuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Freeze traces into a dataset with a train and a test side.",
    discussion: """
      The key is NAME-VERSION. Building the same content again changes nothing; other content \
      under the same key is refused. No problem, and no rephrasing of one, is on both sides.
      """
  )

  @Option(help: "The dataset's name.")
  var name: String

  @Option(help: "The dataset's version.")
  var version: String

  @OptionGroup var filters: MetaFilters

  @Option(help: "Which of the matching traces are taken: latest, random or stratified.")
  var selection = SelectionName.latest

  @Option(help: "How many traces are taken at most.")
  var limit = 1000

  @Option(help: "The seed of the selection and of the split.")
  var seed: UInt64?

  @Option(help: "How many problems the test side has.")
  var testCount: Int?

  @Option(help: "Which part of the problems the test side has, between 0 and 1.")
  var testFraction: Double?

  @Option(help: ArgumentHelp("The dataset that this one continues.", valueName: "key"))
  var parent: String?

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard testCount == nil || testFraction == nil else {
      throw ValidationError("give --test-count or --test-fraction, not both")
    }
  }

  func run() async throws {
    let (dataset, isNew) = try options.openWorkspace().datasets.build(recipe)
    let head = isNew ? "froze \(dataset.datasetKey)" : "\(dataset.datasetKey) is frozen already"
    options.output.show(
      head + "\n\n" + dataset.facts.text,
      json: dataset.summary.setting("created", to: JSONValue(isNew))
    )
  }

  private var recipe: DatasetRecipe {
    var split: SplitRecipe?
    if let testCount { split = SplitRecipe(testCount: testCount, seed: seed ?? 42) }
    if let testFraction { split = SplitRecipe(testFraction: testFraction, seed: seed ?? 42) }
    return DatasetRecipe(
      name: name,
      version: version,
      filters: filters.json,
      selection: selection.strategy,
      limit: limit,
      seed: selection == .latest ? nil : seed,
      split: split,
      parentDatasetID: parent
    )
  }

  /// A selection strategy on the command line.
  enum SelectionName: String, ExpressibleByArgument, CaseIterable {
    case latest
    case random
    case stratified

    var strategy: SelectionStrategy {
      switch self {
      case .latest: .latest
      case .random: .random
      case .stratified: .stratified
      }
    }
  }
}
