import ArgumentParser
import Execution
import Foundations

struct ModelTokenizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Turn a text into token ids.",
    discussion: """
      With --file: {"text"} gives {"ids"}. With --file and --count: how many tokens all texts \
      have together.
      """
  )

  @Argument(help: "A model's name, a promoted model (name@alias), or a path.")
  var name: String

  @Argument(help: "The text.")
  var text: String?

  @Flag(help: "Treat control marks such as <|im_end|> as ordinary text.")
  var noSpecial = false

  @Flag(help: "Put the start token first where the model's own default does.")
  var addBos = false

  @Flag(help: "With --file: count the tokens instead of writing them.")
  var count = false

  @OptionGroup var lines: LineOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (text == nil) != (lines.file == nil) else {
      throw ValidationError("give either a text or --file")
    }
    guard !count || lines.file != nil else { throw ValidationError("--count goes with --file") }
  }

  func run() async throws {
    let inspection = TextInspection(try ModelText(try options.model(name)))
    func tokenize(_ input: JSONValue) throws -> JSONValue {
      try inspection.tokenize(input, parsesSpecial: !noSpecial, addsBOS: addBos)
    }
    if count, let inputs = try lines.inputs() {
      let result = try inspection.count(try inputs.map { try $0.get() }, parsesSpecial: !noSpecial)
      let tokens = result["tokens"]?.int ?? 0
      return options.output.show(
        "\(tokens) tokens in \(inputs.count) texts of \(result["bytes"]?.int ?? 0) bytes",
        json: result
      )
    }
    if let inputs = try lines.inputs() {
      let output = LineOutput(options.output)
      for input in inputs { output.write(Result { try tokenize(try input.get()) }) }
      return try output.finish()
    }
    let result = try tokenize(["text": .string(text ?? "")])
    let ids = (result["ids"]?.array ?? []).map(\.compact)
    options.output.show(ids.joined(separator: " "), json: result)
  }
}
