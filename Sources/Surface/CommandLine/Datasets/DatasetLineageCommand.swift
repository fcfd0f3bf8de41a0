import ArgumentParser
import Datasets
import Foundations
import Traces
import Workspace

struct DatasetLineageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lineage",
    abstract: "Show what a dataset was made of and what was made of it, or who holds a trace."
  )

  @Argument(help: "The dataset's key.")
  var key: String?

  @Option(help: ArgumentHelp("Show the datasets that hold this trace.", valueName: "id"))
  var trace: String?

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (key == nil) != (trace == nil) else {
      throw ValidationError("give a dataset's key or --trace")
    }
  }

  func run() async throws {
    let workspace = try options.openWorkspace()
    if let trace { return try show(trace: trace, in: workspace) }
    let lineage = try workspace.datasets.lineage(of: key ?? "")
    var table = TextTable("relation", "dataset", "of", ">steps")
    for (relation, links) in [
      ("ancestor", lineage.ancestors), ("descendant", lineage.descendants),
    ] {
      for link in links { table.add(relation, link.datasetKey, link.of, "\(link.distance)") }
    }
    let runs = lineage.runs.map(HumanText.short).joined(separator: ", ")
    options.output.show(
      table.text(orWhenEmpty: "made of traces alone, and nothing was made of it")
        + (runs.isEmpty ? "" : "\n\nruns: \(runs)"),
      json: lineage.json
    )
  }

  private func show(trace: String, in workspace: WorkspaceFolder) throws {
    let stored = try workspace.traces.show(trace)
    let holdings = try workspace.datasets.holdings(of: stored.id)
    var table = TextTable("dataset", ">index", "side")
    for holding in holdings {
      table.add(holding.datasetKey, "\(holding.position)", holding.split.rawValue)
    }
    options.output.show(
      table.text(orWhenEmpty: "no dataset holds this trace"),
      json: [
        "trace_id": .string(stored.id.text), "datasets": .array(holdings.map(\.json)),
      ]
    )
  }
}
