import ArgumentParser
import Execution
import Foundations

struct ModelDetokenizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detokenize",
    abstract: "Turn token ids into a text.",
    discussion: "With --file: {\"ids\"} gives {\"text\"}."
  )

  @Argument(help: "A model's name, a promoted model (name@alias), or a path.")
  var name: String

  @Argument(help: "The ids, separated by spaces or commas.")
  var ids: [String] = []

  @Flag(help: "Leave control tokens out.")
  var skipSpecial = false

  @OptionGroup var lines: LineOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard ids.isEmpty != (lines.file == nil) else {
      throw ValidationError("give either ids or --file")
    }
  }

  func run() async throws {
    let inspection = TextInspection(try ModelText(try options.model(name)))
    if let inputs = try lines.inputs() {
      let output = LineOutput(options.output)
      for input in inputs {
        output.write(
          Result { try inspection.detokenize(try input.get(), skipsSpecial: skipSpecial) }
        )
      }
      return try output.finish()
    }
    let parts = ids.flatMap { $0.split { ",[] ".contains($0) } }
    let numbers = try parts.map { part in
      guard let id = Int(part) else { throw InputError(text: "\(part) is no token id") }
      return JSONValue(id)
    }
    let result = try inspection.detokenize(["ids": .array(numbers)], skipsSpecial: skipSpecial)
    options.output.show(result["text"]?.string ?? "", json: result)
  }
}
