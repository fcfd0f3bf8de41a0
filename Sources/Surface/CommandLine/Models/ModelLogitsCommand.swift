import ArgumentParser
import Execution
import Foundation
import Foundations

struct ModelLogitsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logits",
    abstract: "Show what a model expects after a text: the best logits at the last position.",
    discussion: "With --file: {\"text\"} or {\"ids\"} gives {\"top\", \"logsumexp\"}."
  )

  @Argument(help: "A model's name, a promoted model (name@alias), or a path.")
  var name: String

  @Option(help: "The text.")
  var prompt: String?

  @Option(help: "How many of the best logits.")
  var top = 20

  @Option(help: ArgumentHelp("An adapter's folder, in PEFT's format.", valueName: "dir"))
  var adapter: String?

  @OptionGroup var lines: LineOptions
  @OptionGroup var engine: EngineFlags
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (prompt == nil) != (lines.file == nil) else {
      throw ValidationError("give either --prompt or --file")
    }
  }

  func run() async throws {
    let reference = try options.model(name)
    let text = try ModelText(reference)
    let inspection = LogitsInspection(
      text,
      adapter: adapter.map { URL(filePath: $0) } ?? reference.adapter,
      options: engine.options
    )
    if let inputs = try lines.inputs() {
      let output = LineOutput(options.output)
      for result in try await inspection.run(inputs, top: top) { output.write(result) }
      return try output.finish()
    }
    let output = options.output
    let results = try await inspection.run(
      [.success(["text": .string(prompt ?? "")])],
      top: top
    )
    for result in results {
      let value = try result.get()
      let table = try people(value, TextInspection(text))
      output.show(table, json: value)
    }
  }

  private func people(_ value: JSONValue, _ inspection: TextInspection) throws -> String {
    var table = TextTable(">id", ">logit", "token")
    for entry in value["top"]?.array ?? [] {
      guard let id = entry["id"], let logit = entry["logit"] else { continue }
      let token = try inspection.detokenize(["ids": [id]], skipsSpecial: false)["text"] ?? .null
      table.add(id.compact, logit.compact, token.compact)
    }
    return table.text(orWhenEmpty: "") + "\nlogsumexp \(value["logsumexp"]?.compact ?? "")"
  }
}
