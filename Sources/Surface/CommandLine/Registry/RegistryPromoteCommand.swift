import ArgumentParser
import Experiments
import Foundations
import Workspace

struct RegistryPromoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote",
    abstract: "Promote a run's result as an immutable version, if its evidence allows it.",
    discussion: """
      A training run needs a stored comparison (see `compare`) that shows it to be better than its \
      base on items it did not train on: lenient p below 0.01. An inference run promotes its base \
      model, and needs a stored comparison too.
      """
  )

  @Argument(help: "The run's id, or its unique beginning.")
  var run: String

  @Option(help: "The model family; it is made where there is none of this name.")
  var name: String

  @Option(help: "The version's label (default: the next of v1, v2, …).")
  var label: String?

  @Option(help: "The alias that is moved to the version.")
  var alias = ModelRegistry.champion

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let registry = try options.openWorkspace().registry
    let promotion = try registry.promote(run: run, to: name, label: label, alias: alias)
    let version = promotion.version
    let aliases = try registry.show(version.family).aliases(of: version)
    let head =
      promotion.wasPresent
      ? "\(version.reference) holds this content already" : "promoted \(version.reference)"
    options.output.show(
      """
      \(head): \(promotion.reason)

      \(version.facts(aliases: aliases).text)

      Ask it: tunix-rt generate --model \(version.family)@\(alias) "What is 17 + 25?"
      """,
      json: version.json(aliases: aliases)
        .setting("reason", to: .string(promotion.reason))
        .setting("already_present", to: JSONValue(promotion.wasPresent))
    )
  }
}

struct RegistryAliasCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alias",
    abstract: "Move an alias of a family to one of its versions."
  )

  @Argument(help: "The version: NAME@LABEL.")
  var version: String

  @Option(help: "The alias that is moved.")
  var alias = ModelRegistry.champion

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let registry = try options.openWorkspace().registry
    let moved = try registry.move(alias: alias, to: version)
    options.output.show(
      "\(moved.family)@\(alias) is now \(moved.label)",
      json: [
        "family": .string(moved.family), "alias": .string(alias), "label": .string(moved.label),
      ]
    )
  }
}
