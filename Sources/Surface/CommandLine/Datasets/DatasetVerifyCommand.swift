import ArgumentParser
import Foundations
import Workspace

struct DatasetVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hash a dataset and every one of its traces anew, and say what differs."
  )

  @Argument(help: "The dataset's key.")
  var key: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let verification = try options.openWorkspace().datasets.verify(key)
    let intact =
      "\(key) is intact: \(verification.traceCount) traces hashed, "
      + "sha256 \(verification.contentHash)"
    let damaged = (["\(key) is not what was frozen:"] + verification.findings.map { "  \($0)" })
      .joined(separator: "\n")
    options.output.show(
      verification.isIntact ? intact : damaged,
      json: verification.json
    )
    if !verification.isIntact { throw ExitCode.failure }
  }
}
