import ArgumentParser
import Foundations
import Traces
import Workspace

struct TraceShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one trace with all its steps, and what is known beside them."
  )

  @Argument(help: "The trace's id, or its unique beginning.")
  var id: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let found = try options.openWorkspace().traces.annotated(id)
    options.output.show(found.text, json: found.json)
  }
}

extension AnnotatedTrace {
  /// The trace's JSON with its annotations behind its own members.
  var json: JSONValue {
    .object((stored.whole.object ?? []) + (annotations.json.object ?? []))
  }

  /// The trace for people.
  var text: String {
    let trace = stored.trace
    var sheet = FactSheet()
    sheet.add("id", stored.id.text)
    sheet.add("created", HumanText.time(stored.createdAt))
    sheet.add("sha256", stored.contentHash.hex)
    sheet.add("archived", annotations.archivedAt.map(HumanText.time))
    if !annotations.tags.isEmpty { sheet.add("tags", annotations.tags.joined(separator: ", ")) }
    if let score = annotations.scores.first {
      sheet.add("score", "\(HumanText.fixed(score.score, 2)) (\(score.criteria))")
    }
    sheet.add("prompt", trace.prompt)
    for (place, step) in trace.steps.enumerated() {
      let label = annotations.labels.first { $0.step == step.i }
      let verdict = label.map { " \($0.verdict.rawValue)" } ?? ""
      let note = label?.note.map { "\n(\($0))" } ?? ""
      sheet.add("step \(place + 1)", "[\(step.type)\(verdict)] \(step.content)\(note)")
    }
    sheet.add("answer", trace.finalAnswer)
    for member in trace.meta?.object ?? [] {
      sheet.add("meta.\(member.key)", member.value.string ?? member.value.compact)
    }
    return sheet.text
  }
}
