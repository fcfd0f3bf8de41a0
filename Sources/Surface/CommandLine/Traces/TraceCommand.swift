import ArgumentParser
import Foundations
import Traces

struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Import reasoning traces and look at them.",
    subcommands: [
      TraceImportCommand.self, TraceListCommand.self, TraceShowCommand.self,
      TraceCountCommand.self,
    ]
  )
}

/// The option `--filter key=value`, as often as wanted.
struct MetaFilters: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only traces whose meta has this value; repeat it to ask for several.",
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
