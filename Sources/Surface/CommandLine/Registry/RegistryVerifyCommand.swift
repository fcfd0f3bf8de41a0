import ArgumentParser
import Experiments
import Foundations
import Workspace

struct RegistryVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a promoted model's chain of evidence: every link is hashed anew, offline."
  )

  @Argument(help: "NAME, NAME@LABEL or NAME@ALIAS.")
  var name: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let verification = try options.openWorkspace().registry.verify(name)
    var sheet = FactSheet()
    for link in verification.links {
      let mark = link.isSkipped ? "not checked" : link.isIntact ? "intact" : "BROKEN"
      sheet.add(link.name, ([mark + "  " + link.detail] + link.findings).joined(separator: "\n"))
    }
    let reference = verification.version.reference
    let verdict =
      verification.isIntact
      ? "\(reference): the chain of evidence is intact" : "\(reference): the chain is BROKEN"
    options.output.show(
      sheet.text + "\n\n" + verdict,
      json: [
        "reference": .string(reference),
        "is_intact": JSONValue(verification.isIntact),
        "links": .array(verification.links.map(Self.json)),
      ]
    )
    if !verification.isIntact { throw ExitCode.failure }
  }

  private static func json(of link: EvidenceLink) -> JSONValue {
    [
      "name": .string(link.name), "detail": .string(link.detail),
      "is_intact": JSONValue(link.isIntact), "is_skipped": JSONValue(link.isSkipped),
      "findings": .array(link.findings.map(JSONValue.string)),
    ]
  }
}
