import ArgumentParser
import Datasets
import Foundation
import Foundations
import Traces
import Workspace

struct TraceGenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Store the traces of a generator; the same seed gives the same traces, once.",
    discussion: """
      Generators: dev-reasoning-v2, golden-v1, golden-v2, and ungar, which plays High Card Duel \
      with the Python package ungar where it is installed ($TUNIX_RT_UNGAR_PYTHON names the \
      Python). --status says whether it is.
      """
  )

  @Argument(help: "The generator.")
  var generator: Name

  @Option(help: "The seed; ungar's n-th game is dealt by seed + n.")
  var seed: UInt64 = 42

  @Option(help: "How many games ungar plays.")
  var count = 5

  @Flag(help: "Only say whether the generator can be used.")
  var status = false

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    if status { return try await showStatus() }
    let library: TraceLibrary
    let outcome: TraceImport
    if let builtIn = generator.builtIn {
      library = try options.openOrCreateWorkspace().traces
      outcome = try library.importGenerator(builtIn, seed: seed)
    } else {
      let workspace = try options.openOrCreateWorkspace()
      library = workspace.traces
      outcome = try library.importDuels(try await workspace.ungar.play(count: count, seed: seed))
    }
    let total = try library.count()
    options.output.show(
      "\(generator.rawValue): \(outcome.createdCount) new, \(outcome.existingCount) there already\n"
        + "\(total) traces in the workspace",
      json: [
        "generator": .string(generator.rawValue),
        "trace_ids": .array(outcome.ids.map { .string($0.text) }),
        "created_count": JSONValue(outcome.createdCount),
        "existing_count": JSONValue(outcome.existingCount), "total": JSONValue(total),
      ]
    )
  }

  private func showStatus() async throws {
    guard generator == .ungar else {
      return options.output.show("\(generator.rawValue) is built in", json: ["available": true])
    }
    let status = await UngarIntegration(environment: ProcessInfo.processInfo.environment).status()
    options.output.show(
      status.version.map { "UNGAR \($0) is installed for \(status.python)" }
        ?? "UNGAR is not available: \(status.reason ?? "")",
      json: status.json
    )
  }

  /// A generator on the command line.
  enum Name: String, ExpressibleByArgument, CaseIterable {
    case devReasoningV2 = "dev-reasoning-v2"
    case goldenV1 = "golden-v1"
    case goldenV2 = "golden-v2"
    case ungar

    var builtIn: TraceGenerator? { TraceGenerator(rawValue: rawValue) }
  }
}
