import ArgumentParser
import Foundations
import Traces
import Workspace

struct TraceListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List traces, the newest first."
  )

  @OptionGroup var filters: MetaFilters
  @OptionGroup var page: PageOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let library = try options.openWorkspace().traces
    let traces = try library.list(
      filters: filters.texts,
      limit: page.limit,
      offset: page.offset
    )
    let total = try library.count(filters: filters.texts)
    var table = TextTable("id", "category", ">steps", "answer", "prompt")
    for stored in traces {
      table.add(
        HumanText.short(stored.id.text),
        stored.trace.category ?? "",
        "\(stored.trace.steps.count)",
        HumanText.line(stored.trace.finalAnswer, width: 16),
        HumanText.line(stored.trace.prompt, width: 60)
      )
    }
    options.output.show(
      table.text(orWhenEmpty: "no traces") + page.footer(shown: traces.count, of: total),
      json: ["traces": .array(traces.map(Self.json)), "total": JSONValue(total)]
    )
  }

  private static func json(of stored: StoredTrace) -> JSONValue {
    [
      "id": .string(stored.id.text),
      "created_at": .string(Timestamp.text(of: stored.createdAt)),
      "trace_version": .string(stored.trace.traceVersion),
      "content_hash": .string(stored.contentHash.hex),
      "category": stored.trace.category.map(JSONValue.string) ?? .null,
      "prompt": .string(stored.trace.prompt),
      "final_answer": .string(stored.trace.finalAnswer),
      "step_count": JSONValue(stored.trace.steps.count),
    ]
  }
}
