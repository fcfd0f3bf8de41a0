import ArgumentParser
import Foundations
import Workspace

struct TraceCountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Count traces, in all and by a member of their meta."
  )

  @Option(help: ArgumentHelp("The member of meta that is counted by.", valueName: "key"))
  var by = "category"

  @OptionGroup var filters: MetaFilters
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let library = try options.openWorkspace().traces
    let total = try library.count(filters: filters.texts)
    let counts = filters.filter.isEmpty ? try library.counts(byMeta: by) : []
    var table = TextTable(by, ">traces")
    for (value, count) in counts { table.add(value.isEmpty ? "(none)" : value, "\(count)") }
    let members = counts.map { JSONValue.Member(key: $0.value, value: JSONValue($0.count)) }
    options.output.show(
      counts.isEmpty
        ? "\(total) traces" : "\(total) traces\n\n" + table.text(orWhenEmpty: ""),
      json: ["total": JSONValue(total), "by": .string(by), "counts": .object(members)]
    )
  }
}
