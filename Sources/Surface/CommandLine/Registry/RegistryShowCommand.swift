import ArgumentParser
import Experiments
import Foundations
import Workspace

struct RegistryShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a family's versions, or one version with where it comes from."
  )

  @Argument(help: "NAME, NAME@LABEL or NAME@ALIAS.")
  var name: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let registry = try options.openWorkspace().registry
    if name.contains("@") {
      let version = try registry.resolve(name)
      let aliases = try registry.show(version.family).aliases(of: version)
      options.output.show(
        version.facts(aliases: aliases).text,
        json: version.json(aliases: aliases)
      )
      return
    }
    let record = try registry.show(name)
    let sheets = record.versions.map { $0.facts(aliases: record.aliases(of: $0)).text }
    options.output.show(
      sheets.isEmpty ? "\(name) has no versions" : sheets.joined(separator: "\n\n"),
      json: record.json
    )
  }
}
