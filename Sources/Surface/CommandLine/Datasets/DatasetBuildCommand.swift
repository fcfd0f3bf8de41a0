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
      under the same key is refused. No problem, and no rephrasing of one, is on both sides. \
      Archived traces are left out.
      """
  )

  @Option(help: "The dataset's name.")
  var name: String

  @Option(help: "The dataset's version.")
  var version: String

  @OptionGroup var selection: SelectionOptions

  @Option(help: ArgumentHelp("The dataset that this one continues.", valueName: "key"))
  var parent: String?

  @OptionGroup var refusals: RefusalOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    var recipe = selection.recipe(name: name, version: version)
    recipe.parentDatasetID = parent
    let build = try options.openWorkspace().datasets.build(recipe, refusing: refusals.kinds)
    options.output.show(build.text, json: build.json)
  }
}

/// Which traces are taken, and how they are cut into sides.
struct SelectionOptions: ParsableArguments {
  @OptionGroup var filters: MetaFilters

  @Option(help: "Which of the matching traces are taken: latest, random, stratified or quality.")
  var selection = SelectionName.latest

  @Option(help: "How many traces are taken at most.")
  var limit = 1000

  @Option(help: "The seed of the selection and of the split.")
  var seed: UInt64?

  @Option(help: "How many problems the test side has.")
  var testCount: Int?

  @Option(help: "Which part of the problems the test side has, between 0 and 1.")
  var testFraction: Double?

  func validate() throws {
    guard testCount == nil || testFraction == nil else {
      throw ValidationError("give --test-count or --test-fraction, not both")
    }
  }

  func recipe(name: String, version: String) -> DatasetRecipe {
    var split: SplitRecipe?
    if let testCount { split = SplitRecipe(testCount: testCount, seed: seed ?? 42) }
    if let testFraction { split = SplitRecipe(testFraction: testFraction, seed: seed ?? 42) }
    return DatasetRecipe(
      name: name,
      version: version,
      filters: filters.json,
      selection: selection.strategy,
      limit: limit,
      seed: selection.strategy.isDrawn ? seed : nil,
      split: split
    )
  }

  /// A selection strategy on the command line.
  enum SelectionName: String, ExpressibleByArgument, CaseIterable {
    case latest
    case random
    case stratified
    case quality

    var strategy: SelectionStrategy {
      switch self {
      case .latest: .latest
      case .random: .random
      case .stratified: .stratified
      case .quality: .quality
      }
    }
  }
}

/// Which findings keep a dataset from being frozen.
struct RefusalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Refuse the build where a check finds something: duplicates, contamination, or both.",
      valueName: "checks"
    ),
    transform: kinds
  )
  var refuse: Set<DatasetCheck.Kind>?

  var kinds: Set<DatasetCheck.Kind> { refuse ?? [] }

  private static func kinds(_ text: String) throws -> Set<DatasetCheck.Kind> {
    Set(
      try text.split(separator: ",").map { name in
        guard let kind = DatasetCheck.Kind(rawValue: String(name)) else {
          let known = DatasetCheck.Kind.allCases.map(\.rawValue).joined(separator: ", ")
          throw ValidationError("--refuse knows no check \"\(name)\"; known checks: \(known)")
        }
        return kind
      }
    )
  }
}

extension DatasetBuild {
  /// The build for people.
  var text: String {
    let head = isNew ? "froze \(dataset.datasetKey)" : "\(dataset.datasetKey) is frozen already"
    return ([head, "", dataset.facts.text] + checks.map(\.sentence)).joined(separator: "\n")
  }
}

extension DatasetCheck {
  /// What it found, on one line.
  var sentence: String {
    let first = findings.first.map { ", first: trace \($0.traceID) repeats \($0.other)" } ?? ""
    return "check for \(kind.rawValue): \(findingCount == 0 ? "nothing" : "\(findingCount)") found"
      + first
  }
}
