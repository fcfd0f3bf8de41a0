import ArgumentParser
import Foundations
import Workspace

/// What the searches among stored traces have in common: which traces they look at, and how they
/// show what they found.
struct SimilarityOptions: ParsableArguments {
  @Option(help: "How many of the newest traces are looked at.")
  var limit = Limits.comparedTraces

  @OptionGroup var filters: TraceFilterOptions
  @OptionGroup var options: GlobalOptions

  /// Shows the first findings as a table, or all as JSON; `columns` are the titles of what a trace is
  /// like and of how much.
  func show(
    _ found: SimilarityFindings,
    columns: (other: String, similarity: String),
    noun: String,
    shortened: (String) -> String
  ) {
    var table = TextTable("trace", columns.other, columns.similarity)
    for finding in found.findings.prefix(Limits.pageRows) {
      table.add(
        HumanText.short(finding.trace.text),
        shortened(finding.other),
        HumanText.percent(finding.similarity)
      )
    }
    let scope = found.isComplete ? "" : " (there are older ones; see --limit)"
    let head = "\(found.traceCount) traces\(scope), \(found.findings.count) \(noun)"
    options.output.show(
      found.findings.isEmpty ? head : head + "\n\n" + table.text(orWhenEmpty: ""),
      json: found.json()
    )
  }
}
