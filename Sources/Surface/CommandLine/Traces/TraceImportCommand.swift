import ArgumentParser
import Datasets
import Foundation
import Foundations
import Traces
import Workspace

struct TraceImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Store traces: files of the field's formats, or a built-in generator's traces.",
    discussion: """
      A file is JSON Lines or one JSON array. All of it is stored or nothing: one invalid record \
      keeps the whole file out, and every such record is named with its line. A trace whose \
      content is stored already is not stored again. The exit code is 1 where a file was kept out; \
      with --skip-invalid it is 0, and the report says how many records were left out.

      Formats: \(TraceFormat.allCases.map { "\($0.rawValue) (\($0.summary))" }
        .joined(separator: "; ")).
      """
  )

  @Argument(help: "The files; - reads standard input.")
  var files: [String] = []

  @Option(help: "The records' format; told from each file's first records if not named.")
  var format: TraceFormatName?

  @Option(help: ArgumentHelp("A built-in generator instead of files.", valueName: "name"))
  var generator: GeneratorName?

  @Option(help: "The generator's seed.")
  var seed: UInt64 = 42

  @Option(help: "Where the traces come from: meta.source of those that name none.")
  var source: String?

  @Option(help: "The traces' licence: meta.license of those that name none.")
  var license: String?

  @Flag(help: "Store the valid records of a file that has invalid ones.")
  var skipInvalid = false

  @Option(
    help: ArgumentHelp(
      "Give a file up after this many invalid records (default: 20, or none with --skip-invalid).",
      valueName: "count"
    )
  )
  var maxErrors: Int?

  @Flag(help: "Report what the import would do, and change nothing.")
  var dryRun = false

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard files.isEmpty != (generator == nil) else {
      throw ValidationError("name files to import, or a generator with --generator")
    }
    guard (maxErrors ?? 1) > 0 else { throw ValidationError("--max-errors takes 1 or more") }
    guard files.count(where: { $0 == "-" }) < 2 else {
      throw ValidationError("standard input (-) can be read once")
    }
    if generator != nil, dryRun || format != nil || source != nil || license != nil {
      throw ValidationError("--dry-run, --format, --source and --license go with files")
    }
  }

  func run() async throws {
    if let generator { return try importTraces(of: generator) }
    let scratch = try dryRun ? ScratchWorkspace(unlessThereIs: options.location) : nil
    defer { scratch?.remove() }
    let workspace = try scratch?.workspace ?? options.openOrCreateWorkspace()
    let settings = TraceImportOptions(
      format: format?.format,
      skipsInvalid: skipInvalid,
      maximumErrors: maxErrors,
      isDryRun: dryRun,
      source: source,
      license: license
    )
    var reports: [(name: String, outcome: Result<TraceFileReport, any Error>)] = []
    for file in files {
      let outcome = Result { try importFile(file, into: workspace.traces, settings) }
      if case .failure(let error) = outcome, error is CancellationError { throw error }
      reports.append((file, outcome))
    }
    let summary = TraceImportSummary(
      reports: reports,
      total: try workspace.traces.count(),
      isDryRun: dryRun
    )
    options.output.show(summary.text, json: summary.json)
    if let failure = summary.failure { throw InputError(text: failure) }
  }

  private func importTraces(of generator: GeneratorName) throws {
    let library = try options.openOrCreateWorkspace().traces
    let outcome = try library.importGenerator(generator.generator, seed: seed)
    let total = try library.count()
    options.output.show(
      "\(generator.rawValue): \(outcome.createdCount) new, \(outcome.existingCount) there already\n"
        + "\(total) traces in the workspace",
      json: [
        "imports": [
          [
            "source": .string(generator.rawValue), "created": JSONValue(outcome.createdCount),
            "existing": JSONValue(outcome.existingCount), "rejected": [],
          ]
        ],
        "created": JSONValue(outcome.createdCount), "existing": JSONValue(outcome.existingCount),
        "rejected": 0, "total": JSONValue(total),
      ]
    )
  }

  private func importFile(
    _ file: String,
    into library: TraceLibrary,
    _ settings: TraceImportOptions
  ) throws -> TraceFileReport {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    // A small file is done before a bar could be read.
    guard size > 32_000_000 else { return try library.importFile(named: file, settings) }
    let bar = ProgressBar(HumanText.line(file, width: 40))
    defer { bar.finish() }
    return try library.importFile(named: file, settings) { bar.show($0, of: size) }
  }
}

/// A trace format on the command line.
struct TraceFormatName: ExpressibleByArgument {
  static let allValueStrings = TraceFormat.allCases.map(\.rawValue)

  let format: TraceFormat

  init?(argument: String) {
    guard let format = TraceFormat(rawValue: argument) else { return nil }
    self.format = format
  }
}

/// A workspace for a dry run where there is none yet: made in the temporary folder, and removed.
private struct ScratchWorkspace {
  let workspace: WorkspaceFolder
  private let folder: URL

  /// Nil where the place holds a workspace.
  init?(unlessThereIs location: URL) throws {
    if WorkspaceFolder.exists(at: location) { return nil }
    folder = FileManager.default.temporaryDirectory
      .appending(path: "tunix-rt-dry-run-\(UUID().uuidString)", directoryHint: .isDirectory)
    workspace = try WorkspaceFolder(creatingAt: folder)
  }

  func remove() {
    try? FileManager.default.removeItem(at: folder)
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
