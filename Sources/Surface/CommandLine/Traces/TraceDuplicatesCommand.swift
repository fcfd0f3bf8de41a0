import ArgumentParser
import Foundations
import Traces
import Workspace

struct TraceDuplicatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "duplicates",
    abstract: "Find traces that say nearly the same as an earlier one.",
    discussion: """
      Texts are compared by their runs of three words (MinHash, then the true Jaccard similarity). \
      The very same content is never stored twice.
      """
  )

  @Option(help: "The similarity from which two traces count, above 0 and up to 1.")
  var threshold = NearDuplicates.usualThreshold

  @Option(help: "How many of the newest traces are looked at.")
  var limit = Limits.comparedTraces

  @OptionGroup var filters: TraceFilterOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let report = try options.openWorkspace().traces.duplicates(
      try filters.filter(),
      threshold: threshold,
      limit: limit
    )
    var table = TextTable("trace", "says the same as", ">similarity")
    for pair in report.pairs.prefix(Limits.pageRows) {
      table.add(
        HumanText.short(pair.second.text),
        HumanText.short(pair.first.text),
        HumanText.percent(pair.similarity)
      )
    }
    let head = "\(report.traceCount) traces, \(report.pairs.count) pairs"
    options.output.show(
      report.pairs.isEmpty ? head : head + "\n\n" + table.text(orWhenEmpty: ""),
      json: [
        "trace_count": JSONValue(report.traceCount), "method": report.method,
        "finding_count": JSONValue(report.pairs.count),
        "findings": .array(
          report.pairs.map {
            [
              "trace_id": .string($0.second.text), "other": .string($0.first.text),
              "similarity": JSONValue($0.similarity),
            ]
          }
        ),
      ]
    )
  }
}

struct TraceContaminationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contamination",
    abstract: "Find traces whose prompts share runs of words with the items of a file.",
    discussion: "The file has one object with id and prompt a line, such as an evaluation set."
  )

  @Argument(help: "The file with the items.")
  var items: String

  @Option(help: "The part of an item's runs of eight words from which a trace counts.")
  var threshold = Contamination.usualThreshold

  @Option(help: "How many of the newest traces are looked at.")
  var limit = Limits.comparedTraces

  @OptionGroup var filters: TraceFilterOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let report = try options.openWorkspace().traces.contamination(
      by: try readItems(),
      in: try filters.filter(),
      threshold: threshold,
      limit: limit
    )
    var table = TextTable("trace", "item", ">overlap")
    for trace in report.traces.prefix(Limits.pageRows) {
      guard let match = trace.matches.first else { continue }
      table.add(
        HumanText.short(trace.id.text),
        HumanText.line(match.item, width: 60),
        HumanText.percent(match.overlap)
      )
    }
    let head = "\(report.traceCount) traces, \(report.traces.count) share words with items"
    options.output.show(
      report.traces.isEmpty ? head : head + "\n\n" + table.text(orWhenEmpty: ""),
      json: [
        "trace_count": JSONValue(report.traceCount), "method": report.method,
        "finding_count": JSONValue(report.traces.count),
        "findings": .array(report.traces.flatMap(Self.findings)),
      ]
    )
  }

  private static func findings(of trace: ContaminatedTrace) -> [JSONValue] {
    trace.matches.map {
      [
        "trace_id": .string(trace.id.text), "other": .string($0.item),
        "similarity": JSONValue($0.overlap),
      ]
    }
  }

  private func readItems() throws -> [(name: String, prompt: String)] {
    try JSONLines.lines(of: Array(try readFile(items))).map { line in
      let record = try line.value()
      guard let prompt = record["prompt"]?.string else {
        throw InputError(text: "\(items), line \(line.number): no prompt")
      }
      return (record["id"]?.string ?? "line \(line.number)", prompt)
    }
  }
}
