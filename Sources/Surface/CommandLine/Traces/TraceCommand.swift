import ArgumentParser
import Foundations
import Traces

struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Import reasoning traces, find them, and say what they are worth.",
    subcommands: [
      TraceImportCommand.self, TraceCreateCommand.self, TraceGenerateCommand.self,
      TraceListCommand.self, TraceSearchCommand.self, TraceShowCommand.self,
      TraceCountCommand.self, TraceCompareCommand.self, TraceScoreCommand.self,
      TraceLabelCommand.self, TraceTagCommand.self, TraceArchiveCommand.self,
      TraceDeleteCommand.self, TraceDuplicatesCommand.self, TraceContaminationCommand.self,
      TraceBenchCommand.self,
    ]
  )
}

/// The option `--filter key=value`, as often as wanted.
struct MetaFilters: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Only traces with this value in their meta (lists look at the trace's own members too); repeat \
      it to ask for several.
      """,
      valueName: "key=value"
    )
  )
  var filter: [String] = []

  func validate() throws {
    for text in filter where !text.contains("=") || text.hasPrefix("=") {
      throw ValidationError("--filter takes key=value, not \"\(text)\"")
    }
  }

  /// The filters as texts.
  var texts: [String: String] {
    Dictionary(pairs) { _, last in last }
  }

  /// The filters as JSON: a value that is a JSON number, boolean, null or quoted text is that, and
  /// any other text is itself.
  var json: JSONValue {
    .object(
      texts.sorted { $0.key < $1.key }.map { key, text in
        let value = try? JSONValue(parsing: text)
        return JSONValue.Member(key: key, value: value ?? .string(text))
      }
    )
  }

  private var pairs: [(String, String)] {
    filter.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
  }
}

/// The options that say which traces a verb is about.
struct TraceFilterOptions: ParsableArguments {
  @OptionGroup var filters: MetaFilters

  @Option(help: "Only traces that carry this tag; repeat it to ask for several.")
  var tag: [String] = []

  @Option(help: "Archived traces: without, only or all.")
  var archived = ArchivedName.without

  /// The filter, with a search or without.
  func filter(search: String? = nil) throws -> TraceFilter {
    TraceFilter(
      facts: filters.texts,
      search: try search.map { try TraceSearch($0) },
      tags: tag,
      archived: archived.archived
    )
  }

  /// How the archive flag is treated, on the command line.
  enum ArchivedName: String, ExpressibleByArgument, CaseIterable {
    case without
    case only
    case all

    var archived: TraceFilter.Archived {
      switch self {
      case .without: .without
      case .only: .only
      case .all: .all
      }
    }
  }
}
