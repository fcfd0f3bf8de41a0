import ArgumentParser
import Datasets
import Foundation
import Foundations
import Workspace

struct EvaluationSetImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Keep an evaluation set of a JSON Lines file, if it is valid.",
    discussion: """
      A line is {"id", "prompt", "expected_answer"} with, if known, "category", "difficulty" and \
      "section". A set never changes under its name.
      """
  )

  @Argument(help: ArgumentHelp("The file (- for standard input).", valueName: "jsonl"))
  var path: String

  @Option(help: "The set's name (default: the file's name without its ending).")
  var name: String?

  @Option(help: "The fewest items that are accepted.")
  var minItems = 1

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if path == "-", name == nil { throw ValidationError("standard input needs --name") }
  }

  func run() async throws {
    let own = URL(filePath: path).deletingPathExtension().lastPathComponent
    let library = try options.openOrCreateWorkspace().evaluationSets
    let (set, isNew) = try library.importLines(
      try InputBytes.read(path),
      name: name ?? own,
      minimumItems: minItems
    )
    let findings = try library.contamination(of: set.name)
    let shared = findings.filter { $0.check.findingCount > 0 }
    options.output.show(
      (isNew ? "kept " : "already here: ") + "\(set.name), \(set.items.count) items"
        + shared.map { "\nwarning: \($0.sentence)" }.joined(),
      json: set.summary.setting("created", to: JSONValue(isNew))
        .setting("contamination", to: .array(findings.map(\.json)))
    )
  }
}

struct EvaluationSetValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check a JSON Lines file of questions, without keeping it."
  )

  @Argument(help: ArgumentHelp("The file (- for standard input).", valueName: "jsonl"))
  var path: String

  @Option(help: "The fewest items of a valid set.")
  var minItems = EvaluationSetValidation.defaultMinimum

  @Flag(help: "Print nothing; the exit code tells.")
  var quiet = false

  @Flag(help: "Print one JSON object instead of text for people.")
  var json = false

  func run() async throws {
    let validation = EvaluationSetValidation(
      lines: JSONLines.lines(of: try InputBytes.read(path)),
      minimumItems: minItems
    )
    if !quiet { Output(isJSON: json).show(validation.text, json: validation.json) }
    if !validation.isValid { throw ExitCode.failure }
  }
}

struct EvaluationSetCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look for an evaluation set's questions in the train side of every dataset.",
    discussion: "Exit code 1 where a train side shares text with a question."
  )

  @Argument(help: "The set's name.")
  var name: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let findings = try options.openWorkspace().evaluationSets.contamination(of: name)
    let shared = findings.filter { $0.check.findingCount > 0 }
    options.output.show(
      shared.isEmpty
        ? "\(name): no question is in the train side of \(findings.count) datasets"
        : shared.map(\.sentence).joined(separator: "\n"),
      json: ["name": .string(name), "datasets": .array(findings.map(\.json))]
    )
    if !shared.isEmpty { throw ExitCode.failure }
  }
}

extension DatasetContamination {
  /// What was found, on one line.
  var sentence: String { "\(datasetKey): \(check.sentence)" }
}

extension EvaluationSetValidation {
  /// The result for people.
  var text: String {
    let head = isValid ? "valid: \(items.count) items" : "not valid: \(errors.count) errors"
    let lines = errors.map { "error: \($0)" } + warnings.map { "warning: \($0)" }
    return ([head] + lines).joined(separator: "\n")
  }
}

/// The bytes of a file, or of standard input.
enum InputBytes {
  static func read(_ path: String) throws -> [UInt8] {
    let data =
      path == "-"
      ? try FileHandle.standardInput.readToEnd() ?? Data()
      : try? Data(contentsOf: URL(filePath: path))
    guard let data else { throw InputError(text: "\(path) cannot be read") }
    return Array(data)
  }
}
