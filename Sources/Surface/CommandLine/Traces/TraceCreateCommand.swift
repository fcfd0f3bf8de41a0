import ArgumentParser
import Foundation
import Foundations
import Traces
import Workspace

struct TraceCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Store one trace of our own format, or a JSON array of up to 1000, all or none."
  )

  @Argument(help: "The file with the JSON; - reads standard input.")
  var file = "-"

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let json = try JSONValue(parsing: Array(try readFile(file)))
    let library = try options.openOrCreateWorkspace().traces
    guard let records = json.array else {
      let created = try library.create(json)
      return options.output.show(
        "\(created.id)" + (created.isNew ? "" : " is there already"),
        json: created.json
      )
    }
    let created = try library.create(batch: records)
    let count = created.count(where: \.isNew)
    options.output.show(
      "\(count) new, \(created.count - count) there already",
      json: [
        "created_count": JSONValue(created.count),
        "existing_count": JSONValue(created.count - count),
        "traces": .array(created.map(\.json)),
      ]
    )
  }
}

extension CreatedTrace {
  /// The answer to whoever offered the trace.
  var json: JSONValue {
    [
      "id": .string(id.text), "created_at": .string(Timestamp.text(of: createdAt)),
      "trace_version": .string(traceVersion),
    ]
  }
}

/// The bytes of a file that a person names; `-` is standard input.
func readFile(_ name: String) throws -> Data {
  if name == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
  do {
    return try Data(contentsOf: URL(filePath: name))
  } catch {
    throw InputError(text: "\(name) cannot be read")
  }
}
