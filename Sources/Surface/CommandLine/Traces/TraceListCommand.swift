import ArgumentParser
import Foundations
import Traces
import Workspace

struct TraceListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List traces, the newest first."
  )

  @Option(help: "Only traces that a search finds; see: tunix-rt trace search --help.")
  var search: String?

  @OptionGroup var filters: TraceFilterOptions
  @OptionGroup var page: TracePageOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    try TraceListing(filter: filters.filter(search: search), page: page).show(options)
  }
}

struct TraceSearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find traces by the words of their prompt, answer, steps and meta.",
    discussion: """
      All words must occur; capitals and accents do not matter. "A phrase" in quotes must occur as \
      it is, begin* finds every word that begins so, -word leaves traces out. The newest come first.
      """
  )

  @Argument(help: "The words.")
  var words: [String]

  @OptionGroup var filters: TraceFilterOptions
  @OptionGroup var page: TracePageOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let search = words.map { $0.contains(" ") && !$0.contains("\"") ? "\"\($0)\"" : $0 }
    try TraceListing(filter: filters.filter(search: search.joined(separator: " ")), page: page)
      .show(options)
  }
}

/// Which page of a list of traces.
struct TracePageOptions: ParsableArguments {
  @OptionGroup var page: PageOptions

  @Option(help: "Go on behind the page that printed this cursor (instead of --offset).")
  var cursor: String?
}

/// A page of traces, as text and as JSON.
struct TraceListing {
  let filter: TraceFilter
  let page: TracePageOptions

  func show(_ options: GlobalOptions) throws {
    let library = try options.openWorkspace().traces
    let limit = page.page.limit
    let found = try library.page(
      filter,
      limit: limit,
      after: page.cursor,
      offset: page.page.offset
    )
    let total = try library.count(filter)
    var footer = page.page.footer(shown: found.traces.count, of: total)
    if let cursor = found.nextCursor { footer += "\nthe next page: --cursor=\(cursor)" }
    options.output.show(
      Self.table(of: found.traces).text(orWhenEmpty: "no traces") + footer,
      json: [
        "data": .array(found.traces.map(\.summary)),
        "pagination": [
          "limit": JSONValue(limit), "offset": JSONValue(page.page.offset),
          "next_offset": found.nextOffset.map { JSONValue($0) } ?? .null,
          "next_cursor": JSONValue(optional: found.nextCursor),
        ],
        "total": JSONValue(total),
      ]
    )
  }

  private static func table(of traces: [StoredTrace]) -> TextTable {
    var table = TextTable("id", "category", ">steps", "answer", "prompt")
    for stored in traces {
      table.add(
        HumanText.short(stored.id.text),
        HumanText.line(stored.trace.category ?? "", width: 24),
        "\(stored.trace.steps.count)",
        HumanText.line(stored.trace.finalAnswer, width: 16),
        HumanText.line(stored.trace.prompt, width: 60)
      )
    }
    return table
  }
}

extension StoredTrace {
  /// The trace without its steps: what a list shows.
  var summary: JSONValue {
    [
      "id": .string(id.text),
      "created_at": .string(Timestamp.text(of: createdAt)),
      "trace_version": .string(trace.traceVersion),
      "content_hash": .string(contentHash.hex),
      "category": JSONValue(optional: trace.category),
      "prompt": .string(trace.prompt),
      "final_answer": .string(trace.finalAnswer),
      "step_count": JSONValue(trace.steps.count),
    ]
  }

  /// The whole trace.
  var whole: JSONValue {
    [
      "id": .string(id.text),
      "created_at": .string(Timestamp.text(of: createdAt)),
      "trace_version": .string(trace.traceVersion),
      "content_hash": .string(contentHash.hex),
      "payload": trace.json,
    ]
  }
}
