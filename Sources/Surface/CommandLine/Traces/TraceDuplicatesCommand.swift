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

  @OptionGroup var search: SimilarityOptions

  func run() async throws {
    let found = try search.options.openWorkspace().traces.duplicates(
      try search.filters.filter(),
      threshold: threshold,
      limit: search.limit
    )
    search.show(found.findings, columns: ("says the same as", ">similarity"), noun: "pairs") {
      HumanText.short($0)
    }
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

  @OptionGroup var search: SimilarityOptions

  func run() async throws {
    let found = try search.options.openWorkspace().traces.contamination(
      by: try readItems(),
      in: try search.filters.filter(),
      threshold: threshold,
      limit: search.limit
    )
    search.show(found.findings, columns: ("item", ">overlap"), noun: "that share words with items")
    {
      HumanText.line($0, width: 60)
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
