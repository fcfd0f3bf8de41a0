import ArgumentParser
import Datasets
import Foundation
import Foundations
import Traces
import Workspace

struct TraceImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Store traces: JSON Lines files, or the traces of a built-in generator.",
    discussion: """
      A trace whose content is stored already is not stored again. A file with an invalid line is \
      kept out as a whole, and every such line is named.
      """
  )

  @Argument(help: "Files with one trace a line; - reads standard input.")
  var files: [String] = []

  @Option(help: ArgumentHelp("A built-in generator instead of files.", valueName: "name"))
  var generator: GeneratorName?

  @Option(help: "The generator's seed.")
  var seed: UInt64 = 42

  @Flag(help: "Store the valid lines of a file that has invalid ones.")
  var skipInvalid = false

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard files.isEmpty != (generator == nil) else {
      throw ValidationError("name files to import, or a generator with --generator")
    }
  }

  func run() async throws {
    let library = try options.openOrCreateWorkspace().traces
    var imports: [(source: String, outcome: TraceImport)] = []
    if let generator {
      let outcome = try library.importGenerator(generator.generator, seed: seed)
      imports.append((generator.rawValue, outcome))
    }
    for file in files {
      imports.append((file, try importTraces(of: file, into: library)))
    }
    let total = try library.count()
    options.output.show(
      imports.map { Self.text(of: $0.outcome, from: $0.source) }.joined(separator: "\n")
        + "\n\(total) traces in the workspace",
      json: [
        "imports": .array(imports.map { Self.json(of: $0.outcome, from: $0.source) }),
        "created": JSONValue(imports.map(\.outcome.createdCount).reduce(0, +)),
        "existing": JSONValue(imports.map(\.outcome.existingCount).reduce(0, +)),
        "rejected": JSONValue(imports.map(\.outcome.rejections.count).reduce(0, +)),
        "total": JSONValue(total),
      ]
    )
    let rejected = imports.map(\.outcome.rejections.count).reduce(0, +)
    guard rejected > 0 else { return }
    let fate = skipInvalid ? "they were left out" : "their files were kept out"
    throw InputError(text: "\(rejected) invalid lines; \(fate)")
  }

  private func importTraces(of file: String, into library: TraceLibrary) throws -> TraceImport {
    guard file == "-" else {
      return try library.importFile(at: URL(filePath: file), skippingInvalid: skipInvalid)
    }
    let bytes = Array(try FileHandle.standardInput.readToEnd() ?? Data())
    return try library.importLines(bytes, skippingInvalid: skipInvalid)
  }

  private static func text(of outcome: TraceImport, from source: String) -> String {
    let shown = outcome.rejections.prefix(20).map { "  \(source), \($0)" }
    let more = outcome.rejections.count - shown.count
    let counts = "\(source): \(outcome.createdCount) new, \(outcome.existingCount) there already"
    let rejected =
      outcome.rejections.isEmpty ? "" : ", \(outcome.rejections.count) invalid lines"
    let rest = more > 0 ? ["  and \(more) more"] : []
    return ([counts + rejected] + shown + rest).joined(separator: "\n")
  }

  private static func json(of outcome: TraceImport, from source: String) -> JSONValue {
    [
      "source": .string(source),
      "created": JSONValue(outcome.createdCount),
      "existing": JSONValue(outcome.existingCount),
      "rejected": .array(
        outcome.rejections.map { ["line": JSONValue($0.line), "reason": .string($0.reason)] }
      ),
    ]
  }
}

/// A generator's name on the command line.
enum GeneratorName: String, ExpressibleByArgument, CaseIterable {
  case devReasoningV2 = "dev-reasoning-v2"
  case goldenV1 = "golden-v1"
  case goldenV2 = "golden-v2"

  var generator: TraceGenerator {
    switch self {
    case .devReasoningV2: .devReasoningV2
    case .goldenV1: .goldenV1
    case .goldenV2: .goldenV2
    }
  }
}
