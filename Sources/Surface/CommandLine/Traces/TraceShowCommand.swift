import ArgumentParser
import Foundations
import Traces
import Workspace

struct TraceShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one trace with all its steps."
  )

  @Argument(help: "The trace's id, or its unique beginning.")
  var id: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let stored = try options.openWorkspace().traces.show(id)
    options.output.show(
      Self.text(of: stored),
      json: [
        "id": .string(stored.id.text),
        "created_at": .string(Timestamp.text(of: stored.createdAt)),
        "trace_version": .string(stored.trace.traceVersion),
        "content_hash": .string(stored.contentHash.hex),
        "payload": stored.trace.json,
      ]
    )
  }

  private static func text(of stored: StoredTrace) -> String {
    let trace = stored.trace
    var sheet = FactSheet()
    sheet.add("id", stored.id.text)
    sheet.add("created", HumanText.time(stored.createdAt))
    sheet.add("sha256", stored.contentHash.hex)
    sheet.add("prompt", trace.prompt)
    for (place, step) in trace.steps.enumerated() {
      sheet.add("step \(place + 1)", "[\(step.type)] \(step.content)")
    }
    sheet.add("answer", trace.finalAnswer)
    for member in trace.meta?.object ?? [] {
      sheet.add("meta.\(member.key)", member.value.string ?? member.value.compact)
    }
    return sheet.text
  }
}
