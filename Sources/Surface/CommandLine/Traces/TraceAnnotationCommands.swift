import ArgumentParser
import Foundations
import Traces
import Workspace

struct TraceCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Show two traces side by side with their baseline scores."
  )

  @Argument(help: "The id of the one trace, or its unique beginning.")
  var base: String

  @Argument(help: "The id of the other.")
  var other: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let found = try options.openWorkspace().traces.compare(base: base, other: other)
    var table = TextTable("", "base", "other")
    let (one, two) = (found.base, found.other)
    func add(_ name: String, _ value: (TraceComparison.Side) -> String) {
      table.add(name, HumanText.line(value(one), width: 60), HumanText.line(value(two), width: 60))
    }
    add("id") { HumanText.short($0.stored.id.text) }
    add("score") { HumanText.fixed($0.score.value, 2) }
    add("steps") { "\($0.score.stepCount)" }
    add("characters") { "\($0.score.stepCharacters)" }
    add("created") { HumanText.time($0.stored.createdAt) }
    add("prompt") { $0.stored.trace.prompt }
    add("answer") { $0.stored.trace.finalAnswer }
    options.output.show(
      table.text(orWhenEmpty: ""),
      json: ["base": Self.json(of: one), "other": Self.json(of: two)]
    )
  }

  private static func json(of side: TraceComparison.Side) -> JSONValue {
    side.stored.whole.setting("score", to: JSONValue(side.score.value))
  }
}

struct TraceScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score a trace by the number and the length of its steps, and keep the score."
  )

  @Argument(help: "The trace's id, or its unique beginning.")
  var id: String

  @Option(help: "By what it is scored: baseline.")
  var criteria = BaselineScore.criteria

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let (id, score) = try options.openWorkspace().traces.score(id, criteria: criteria)
    options.output.show(
      "\(HumanText.short(id.text)): \(HumanText.fixed(score.score, 2)) of 100",
      json: [
        "trace_id": .string(id.text), "score": JSONValue(score.score), "details": score.details,
      ]
    )
  }
}

struct TraceLabelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "label",
    abstract: "Say of steps of a trace whether they are correct, wrong or redundant.",
    discussion: "A step is named by its own index i: tunix-rt trace label 3f2a 0=correct 2=wrong."
  )

  @Argument(help: "The trace's id, or its unique beginning.")
  var id: String

  @Argument(
    help: ArgumentHelp(
      "Steps with their labels: correct, wrong, redundant, or none to take a label away.",
      valueName: "i=label"
    )
  )
  var steps: [StepVerdict]

  @Option(help: "Why, in your words.")
  var note: String?

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let found = try options.openWorkspace().traces.label(
      id,
      steps: steps.map { ($0.step, $0.verdict) },
      note: note
    )
    options.output.show(found.text, json: found.json)
  }

  /// `2=wrong`, or `2=none`.
  struct StepVerdict: ExpressibleByArgument {
    let step: Int
    let verdict: StepLabel.Verdict?

    init?(argument: String) {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let step = Int(parts[0]) else { return nil }
      self.step = step
      verdict = StepLabel.Verdict(rawValue: parts[1])
      if verdict == nil, parts[1] != "none" { return nil }
    }
  }
}

struct TraceTagCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Add tags to a trace, or take them away with --remove; without tags, list all tags."
  )

  @Argument(help: "The trace's id, or its unique beginning.")
  var id: String?

  @Argument(help: "The tags to add.")
  var tags: [String] = []

  @Option(help: "A tag to take away; repeat it for several.")
  var remove: [String] = []

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let library = try options.openWorkspace().traces
    guard let id else { return try list(library) }
    let found = try library.tag(id, adding: tags, removing: remove)
    options.output.show(found.text, json: found.json)
  }

  private func list(_ library: TraceLibrary) throws {
    let tags = try library.tags()
    var table = TextTable("tag", ">traces")
    for (tag, count) in tags { table.add(tag, "\(count)") }
    options.output.show(
      table.text(orWhenEmpty: "no tags"),
      json: [
        "tags": .array(tags.map { ["tag": .string($0.tag), "count": JSONValue($0.count)] })
      ]
    )
  }
}

struct TraceArchiveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive",
    abstract: "Keep traces out of lists and new datasets; datasets that hold them keep them."
  )

  @Argument(help: "The traces' ids, or their unique beginnings.")
  var ids: [String]

  @Flag(help: "Take the traces back from the archive.")
  var undo = false

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let library = try options.openWorkspace().traces
    let found = try ids.map { try undo ? library.unarchive($0) : library.archive($0) }
    let verb = undo ? "is back from the archive" : "is archived"
    options.output.show(
      found.map { "\(HumanText.short($0.stored.id.text)) \(verb)" }.joined(separator: "\n"),
      json: ["traces": .array(found.map(\.json))]
    )
  }
}

struct TraceDeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete a trace for good; refused while a dataset or a run holds it."
  )

  @Argument(help: "The trace's id, or its unique beginning.")
  var id: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let id = try options.openWorkspace().traces.delete(id)
    options.output.show("\(id) is deleted", json: ["id": .string(id.text), "deleted": true])
  }
}
