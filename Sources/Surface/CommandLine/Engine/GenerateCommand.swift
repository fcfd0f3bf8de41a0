import ArgumentParser
import Execution
import Foundation
import Foundations
import Rendering

struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Ask a model, greedily or by sampling.",
    discussion: """
      A question is asked through the model's chat template; a promoted model gets it with the \
      answer instruction that it was trained with, unless --plain. --prompt continues a text as it \
      stands. With --file: {"text"}, {"messages"} or {"ids"} gives {"ids", "text", \
      "finish_reason", "log_probabilities", "adapter"}.

      Sampling applies in this order: repetition penalty, temperature, top-k, top-p, min-p. The \
      same --seed and input "id" (or line) give the same answer, whatever else is asked with it.

      Each --adapter answers every input, and with --with-base the model without one; an input's \
      own "adapter" (a name, or null for the base) chooses one of them.
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

  @Option(
    help: ArgumentHelp(
      "An adapter's folder, in PEFT's format, maybe with a name; may be given more than once.",
      valueName: "[name=]dir"
    )
  )
  var adapter: [String] = []

  @Flag(help: "Let the model without an adapter answer too, to see them side by side.")
  var withBase = false

  @Option(help: "The seed of sampled answers.")
  var seed: UInt64 = 42

  @Flag(help: "Show the text as it is written; with --json or --file one object a token.")
  var stream = false

  @Flag(help: "Ask a promoted model without the instruction that it was trained with.")
  var plain = false

  @OptionGroup var sampling: SamplingFlags
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
    let request = request
    if let inputs = try lines.inputs() { return try await answer(inputs, request, reference) }
    let input = Result<JSONValue, any Error>.success(try input(for: reference))
    let shown = AnswerText(options.output, isStreamed: stream, isTitled: isTitled)
    let outcome = try await request.run([input], on: reference, onToken: { shown.show($0) })
    for answer in outcome.answers { shown.finish(try answer.get()) }
  }

  private var request: GenerationRequest {
    var request = GenerationRequest()
    request.maxNewTokens = maxNewTokens
    // Streamed text of several models is shown one after another.
    request.batchSize = stream && lines.file == nil && !options.output.isJSON ? 1 : batchSize
    request.sampling = sampling.settings
    request.stop = sampling.stop
    request.sharesPrefixes = !sampling.noPrefixSharing
    request.seed = seed
    request.options = engine.options
    request.adapters = adapter.map(Self.namedAdapter)
    request.includesBase = withBase
    return request
  }

  private var isTitled: Bool { withBase || adapter.count > 1 }

  /// `NAME=DIR`, or a folder that is called by its path.
  private static func namedAdapter(_ text: String) -> GenerationRequest.NamedAdapter {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, !parts[0].contains("/") else {
      return .init(name: text, folder: URL(filePath: text))
    }
    return .init(name: parts[0], folder: URL(filePath: parts[1]))
  }

  private func answer(
    _ inputs: [Result<JSONValue, any Error>],
    _ request: GenerationRequest,
    _ reference: ModelReference
  ) async throws {
    let bar = ProgressBar("  generating")
    let output = LineOutput(options.output)
    let isStreamed = stream
    let outcome = try await request.run(
      inputs,
      on: reference,
      onToken: { if isStreamed { output.write(.success($0.json)) } },
      progress: { finished, total, newTokens in
        bar.show(finished, of: total, detail: "\(newTokens) new tokens")
      }
    )
    bar.finish()
    for answer in outcome.answers { output.write(answer) }
    options.output.note("  " + Self.summary(outcome.statistics))
    try output.finish()
  }

  /// What the generation took, for people.
  private static func summary(_ statistics: JSONValue) -> String {
    func count(_ name: String) -> Int { statistics[name]?.int ?? 0 }
    let speed = statistics["tokens_per_second"]?.double ?? 0
    var text =
      "\(count("new_tokens")) new tokens in "
      + HumanText.duration(statistics["seconds"]?.double ?? 0)
      + " (\(HumanText.fixed(speed, 1)) a second)"
    if count("shared_prompt_tokens") > 0 {
      text +=
        "; \(count("shared_prompt_tokens")) of \(count("prompt_tokens")) prompt tokens were "
        + "shared, which saved \(HumanText.size(count("saved_cache_bytes"))) of memory"
    }
    return text
  }

  private func input(for reference: ModelReference) throws -> JSONValue {
    if let prompt { return ["text": .string(prompt)] }
    if let messages { return try MessagesFile.read(messages) }
    var content = question ?? ""
    if let instruction = reference.instruction, !plain { content += "\n\n" + instruction.text }
    return ["messages": [["role": "user", "content": .string(content)]]]
  }
}
