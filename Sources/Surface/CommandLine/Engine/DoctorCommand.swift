import ArgumentParser
import Execution
import Foundations

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look at the machine: CPU, number format, threads, libraries, disk, what is missing."
  )

  @OptionGroup var engine: EngineFlags
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let findings = try await Doctor(workspace: options.location, options: engine.options).examine()
    var sheet = FactSheet()
    for finding in findings {
      sheet.add(finding.key.replacing("_", with: " "), finding.text)
    }
    let missing = findings.compactMap(\.remedy)
    let closing =
      missing.isEmpty
      ? "everything is here" : missing.map { "missing: \($0)" }.joined(separator: "\n")
    let members = findings.map { JSONValue.Member(key: $0.key, value: $0.value) }
    options.output.show(
      sheet.text + "\n\n" + closing,
      json: JSONValue.object(members)
        .setting("missing", to: .array(missing.map { .string($0) }))
    )
  }
}
