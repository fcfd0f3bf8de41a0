import ArgumentParser
import Execution
import Foundation
import Foundations
import Rendering

struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Ask a model, greedily.",
    discussion: """
      A question is asked through the model's chat template; a promoted model gets it with the \
      answer instruction that it was trained with, unless --plain. --prompt continues a text as it \
      stands. With --file: {"text"}, {"messages"} or {"ids"} gives {"ids", "text", \
      "finish_reason", "log_probabilities"}.
      """
  )

  @Argument(help: "A question, asked through the chat template.")
  var question: String?

  @Option(help: "A model's name, a promoted model (name@alias), or a path.")
  var model: String

  @Option(help: "A text to continue as it stands.")
  var prompt: String?

  @Option(
    help: ArgumentHelp("A JSON file with messages (- for standard input).", valueName: "json")
  )
  var messages: String?

  @Option(help: "The most new tokens.")
  var maxNewTokens = 128

  @Option(help: "How many prompts are worked on at once; changes the speed and nothing else.")
  var batchSize = 16

  @Option(help: ArgumentHelp("An adapter's folder, in PEFT's format.", valueName: "dir"))
  var adapter: String?

  @Flag(help: "Ask a promoted model without the instruction that it was trained with.")
  var plain = false

  @OptionGroup var lines: LineOptions
  @OptionGroup var engine: EngineFlags
  @OptionGroup var template: TemplateOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    let given = [question, prompt, messages, lines.file].count { $0 != nil }
    guard given == 1 else {
      throw ValidationError("give one of: a question, --prompt, --messages, --file")
    }
  }

  func run() async throws {
    let reference = try template.applied(to: try options.model(model))
    var request = GenerationRequest()
    request.maxNewTokens = maxNewTokens
    request.batchSize = batchSize
    request.options = engine.options
    request.adapter = adapter.map { URL(filePath: $0) }
    if let inputs = try lines.inputs() { return try await answer(inputs, request, reference) }
    let results = try await request.run([.success(try input(for: reference))], on: reference)
    for result in results {
      let value = try result.get()
      options.output.show(value["text"]?.string ?? "", json: value)
    }
  }

  private func answer(
    _ inputs: [Result<JSONValue, any Error>],
    _ request: GenerationRequest,
    _ reference: ModelReference
  ) async throws {
    let bar = ProgressBar("  generating")
    let results = try await request.run(inputs, on: reference) { finished, total, newTokens in
      bar.show(finished, of: total, detail: "\(newTokens) new tokens")
    }
    bar.finish()
    let output = LineOutput(options.output)
    for result in results { output.write(result) }
    try output.finish()
  }

  private func input(for reference: ModelReference) throws -> JSONValue {
    if let prompt { return ["text": .string(prompt)] }
    if let messages { return try MessagesFile.read(messages) }
    var content = question ?? ""
    if let instruction = reference.instruction, !plain { content += "\n\n" + instruction.text }
    return ["messages": [["role": "user", "content": .string(content)]]]
  }
}
