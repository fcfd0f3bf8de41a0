import ArgumentParser
import Datasets
import Foundations
import Workspace

struct DatasetDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show what changed from one dataset to another, row by row."
  )

  @Argument(help: "The earlier dataset's key.")
  var from: String

  @Argument(help: "The later dataset's key.")
  var to: String

  @Option(help: "How many rows are shown.")
  var limit = 50

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard limit >= 0 else { throw ValidationError("--limit takes 0 or more") }
  }

  func run() async throws {
    let diff = try options.openWorkspace().datasets.diff(from: from, to: to)
    let counts = DatasetDiff.Change.allCases.map { "\(diff.count($0)) \($0.rawValue)" }
    var table = TextTable("change", "trace", "side", "problem")
    for row in diff.rows.prefix(limit) {
      guard let item = row.after ?? row.before else { continue }
      table.add(
        row.change.rawValue,
        HumanText.short(item.traceID.text),
        Self.sides(of: row),
        HumanText.line(item.groupKey, width: 48)
      )
    }
    let more = diff.rows.count > limit ? "\n\(diff.rows.count - limit) more; see --limit" : ""
    options.output.show(
      "\(diff.keptCount) kept, " + counts.joined(separator: ", ") + "\n\n"
        + table.text(orWhenEmpty: "no row differs") + more,
      json: diff.json
    )
  }

  private static func sides(of row: DatasetDiff.Row) -> String {
    let sides = [row.before, row.after].compactMap { $0?.split.rawValue }
    return Set(sides).count > 1 ? sides.joined(separator: " → ") : sides.first ?? ""
  }
}
