import ArgumentParser
import Execution
import Foundation
import Foundations

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract:
      "Measure the engine on this machine: tokens a second, peak memory, where the time goes.",
    discussion: """
      train: LoRA on all projections, random rows, AdamW. generate: greedy, all prompts at once, \
      end tokens ignored. load: from the file to the first token. datasets: manifests, builds and \
      exports in a new workspace in $TMPDIR. --profile writes a Chrome trace \
      of the counted repetitions (chrome://tracing, Perfetto) and adds a table of where the time went. \
      Benchmarks/README.md compares with other engines.
      """
  )

  @Option(help: "What to measure: train, generate, load or datasets.")
  var kind = Benchmark.Kind.train.rawValue

  @Option(help: "A model's name or path.")
  var model = "smollm2-135m-instruct"

  @Option(help: "Where to compute: cpu.")
  var device = "cpu"

  @Option(help: "Repetitions that count.")
  var steps = 3

  @Option(help: "Repetitions before them that do not count.")
  var warmup = 1

  @Option(help: "train: rows of a step.")
  var batchSize = 8

  @Option(help: "train: tokens of a row.")
  var sequenceLength = 128

  @Option(help: "train: the part of each row, at its end, that is learned.")
  var supervised = 1.0

  @Option(help: "train: the adapter's rank.")
  var rank = 16

  @Option(help: "generate: prompts, all at once.")
  var prompts = 64

  @Option(help: "generate: tokens of a prompt.")
  var promptTokens = 34

  @Option(help: "generate: new tokens after each prompt.")
  var newTokens = 48

  @Option(help: "generate: tokens that all prompts begin with, besides their own.")
  var sharedPrefix = 0

  @Option(
    help: ArgumentHelp(
      "generate: prompts from a file, {\"ids\"} a line, instead of random ones.",
      valueName: "jsonl"
    )
  )
  var promptFile: String?

  @Flag(help: "Measure the best rate of a large matrix product too, and compare with it.")
  var peak = false

  @Option(help: ArgumentHelp("Write a Chrome trace of the counted steps.", valueName: "json"))
  var profile: String?

  @Option(help: ArgumentHelp("Write the report to a file too.", valueName: "json"))
  var output: String?

  @OptionGroup var engine: EngineFlags
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    if kind == DatasetBenchReport.kind { return try measureDatasets() }
    let report = try await benchmark().run(on: try options.model(model))
    if let output {
      try Data((report.pretty + "\n").utf8).write(to: URL(filePath: output), options: .atomic)
    }
    options.output.show(people(report), json: report)
  }

  private func measureDatasets() throws {
    var benchmark = DatasetBenchmark()
    benchmark.repetitions = max(steps, 1)
    let report = try benchmark.run(in: FileManager.default.temporaryDirectory)
    options.output.show(DatasetBenchReport.text(of: report), json: report)
  }

  private func benchmark() throws -> Benchmark {
    guard let kind = Benchmark.Kind(rawValue: kind) else {
      let known = Benchmark.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--kind \(kind) is none of: \(known)")
    }
    var benchmark = Benchmark()
    benchmark.kind = kind
    benchmark.device = device
    benchmark.steps = steps
    benchmark.warmup = warmup
    benchmark.batchSize = batchSize
    benchmark.sequenceLength = sequenceLength
    benchmark.supervised = supervised
    benchmark.rank = rank
    benchmark.prompts = prompts
    benchmark.promptTokens = promptTokens
    benchmark.newTokens = newTokens
    benchmark.sharedPrefix = sharedPrefix
    benchmark.promptFile = promptFile.map { URL(filePath: $0) }
    benchmark.options = engine.options
    benchmark.measuresPeak = peak
    benchmark.profile = profile.map { URL(filePath: $0) }
    return benchmark
  }

  private func people(_ report: JSONValue) -> String {
    func number(_ key: String) -> Double { report[key]?.double ?? 0 }
    func text(_ key: String) -> String { report[key]?.string ?? "" }
    var sheet = FactSheet()
    sheet.add("machine", "\(text("cpu")), \(text("instruction_set")), \(text("device"))")
    sheet.add("engine", "\(text("dtype")), \(report["threads"]?.compact ?? "") threads")
    if kind != Benchmark.Kind.load.rawValue {
      sheet.add("speed", HumanText.fixed(number("tokens_per_second"), 1) + " tokens a second")
    }
    sheet.add(
      "step",
      Self.time(number("median_seconds")) + " in the middle, "
        + Self.time(number("minimum_seconds")) + " to "
        + Self.time(number("maximum_seconds")) + ", "
        + HumanText.fixed(number("steps_per_second"), 3) + " a second"
    )
    sheet.add("model ready", Self.time(number("load_seconds")))
    sheet.add("peak memory", report["peak_memory_bytes"]?.int.map { HumanText.size($0) })
    sheet.add(
      "matrix peak",
      report["matrix_peak_gigaflops"]?.double.map { HumanText.fixed($0, 1) + " GFLOP/s" }
    )
    guard let lines = report["profile"]?.array else { return sheet.text }
    return sheet.text + "\n\n" + Self.table(lines)
  }

  /// A duration; below a second in milliseconds.
  private static func time(_ seconds: Double) -> String {
    seconds < 1 ? HumanText.fixed(seconds * 1000, 1) + " ms" : HumanText.duration(seconds)
  }

  private static func table(_ lines: [JSONValue]) -> String {
    var table = TextTable(
      "where the time went",
      ">%",
      ">calls",
      ">seconds",
      ">GFLOP/s",
      ">% of peak"
    )
    func fixed(_ line: JSONValue, _ key: String, _ decimals: Int) -> String {
      line[key]?.double.map { HumanText.fixed($0, decimals) } ?? ""
    }
    for line in lines {
      table.add(
        line["work"]?.string ?? "",
        fixed(line, "percent_of_steps", 1),
        line["calls"]?.compact ?? "",
        fixed(line, "seconds", 3),
        fixed(line, "gigaflops", 1),
        fixed(line, "percent_of_peak", 0)
      )
    }
    return table.text(orWhenEmpty: "no spans")
  }
}
