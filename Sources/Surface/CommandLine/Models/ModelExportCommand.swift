import ArgumentParser
import Execution
import Foundation
import Foundations

struct ModelExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model as a GGUF file or a Hugging Face folder, its adapter merged.",
    discussion: """
      An adapter is merged in float32 before the weights are rounded to the type that is asked \
      for. A promoted model takes its own adapter with it. Tokenizer and chat template go along.
      """
  )

  @Argument(help: "A model's name, a promoted model (name@alias), or a path.")
  var name: String

  @Option(help: ArgumentHelp("Where to write; nothing may be there.", valueName: "path"))
  var to: String

  @Option(help: "The kind of file: gguf or huggingface.")
  var format = FormatName.gguf

  @Option(help: "The number format: f32, f16 or q8_0 (gguf only).")
  var type = "f16"

  @Option(help: ArgumentHelp("An adapter's folder, in PEFT's format.", valueName: "dir"))
  var adapter: String?

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard ModelExport.typeNames.contains(type) else {
      throw ValidationError(
        "--type must be one of: \(ModelExport.typeNames.joined(separator: ", "))"
      )
    }
  }

  func run() async throws {
    let export = ModelExport(
      format: format == .gguf ? .gguf : .huggingFace,
      type: type,
      adapter: adapter.map { URL(filePath: $0) }
    )
    let outcome = try export.run(try options.model(name), to: URL(filePath: to))
    let merged = outcome.adapter.map { ", with the adapter \($0.path) merged" } ?? ""
    options.output.show(
      "wrote \(outcome.url.path): \(outcome.format.rawValue) \(outcome.type), "
        + "\(HumanText.size(outcome.sizeBytes))\(merged), sha256 \(outcome.sha256.hex)",
      json: [
        "path": .string(outcome.url.path), "format": .string(outcome.format.rawValue),
        "type": .string(outcome.type), "size_bytes": JSONValue(outcome.sizeBytes),
        "sha256": .string(outcome.sha256.hex),
        "adapter": JSONValue(optional: outcome.adapter?.path),
      ]
    )
  }

  /// The kinds of files by the names that a person types.
  enum FormatName: String, ExpressibleByArgument, CaseIterable {
    case gguf
    case huggingface
  }
}
