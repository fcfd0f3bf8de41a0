import ArgumentParser
import Execution
import Foundation
import Foundations

struct ModelRenderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Write a conversation as the model reads it, and show which tokens are learned.",
    discussion: """
      The messages are a JSON list of {"role", "content"}, or an object that holds one under \
      "messages". With --file: {"messages"} gives {"text", "ids", "supervised"}; \
      "add_generation_prompt" in an input object wins over the flag.
      """
  )

  @Argument(help: "A model's name, a promoted model (name@alias), or a path.")
  var name: String

  @Option(
    help: ArgumentHelp("A JSON file with the messages (- for standard input).", valueName: "json")
  )
  var messages: String?

  @Flag(help: "End the text where the model is to answer.")
  var addGenerationPrompt = false

  @OptionGroup var template: TemplateOptions
  @OptionGroup var lines: LineOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (messages == nil) != (lines.file == nil) else {
      throw ValidationError("give either --messages or --file")
    }
  }

  func run() async throws {
    let model = try template.applied(to: try options.model(name))
    let inspection = TextInspection(try ModelText(model))
    func render(_ input: JSONValue) throws -> JSONValue {
      try inspection.render(input, addsGenerationPrompt: addGenerationPrompt)
    }
    if let inputs = try lines.inputs() {
      let output = LineOutput(options.output)
      for input in inputs { output.write(Result { try render(try input.get()) }) }
      return try output.finish()
    }
    let result = try render(try MessagesFile.read(messages ?? "-"))
    let count = result["ids"]?.array?.count ?? 0
    let learned = (result["supervised"]?.array ?? []).count { $0.int == 1 }
    options.output.show(
      (result["text"]?.string ?? "") + "\n\(count) tokens, \(learned) of them learned",
      json: result
    )
  }
}

/// A conversation in a JSON file.
enum MessagesFile {
  /// Reads a list of messages, or an object that holds one, as an object with `messages`.
  static func read(_ path: String) throws -> JSONValue {
    let data =
      path == "-"
      ? try FileHandle.standardInput.readToEnd() ?? Data()
      : try? Data(contentsOf: URL(filePath: path))
    guard let data else { throw InputError(text: "\(path) cannot be read") }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: Array(data))
    } catch {
      throw InputError(text: "\(path): \(error)")
    }
    return value.array == nil ? value : ["messages": value]
  }
}
