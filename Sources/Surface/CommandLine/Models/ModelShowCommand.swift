import ArgumentParser
import Execution
import Experiments
import Foundations

struct ModelShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show what a model's file says about it."
  )

  @Argument(help: "A model's name, a promoted model (name@alias), or a path.")
  var name: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let reference = try options.model(name)
    var description = try ModelText(reference).description
      .setting("sha256", to: .string(try reference.contentHash().hex))
    if let version = reference.version {
      description = description.setting("adapter_sha256", to: .string(version.sha256.hex))
    }
    var sheet = FactSheet()
    for member in description.object ?? [] {
      sheet.add(
        member.key.replacing("_", with: " "),
        member.value.string ?? member.value.compact
      )
    }
    options.output.show(sheet.text, json: description)
  }
}
