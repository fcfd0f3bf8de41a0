import ArgumentParser
import Experiments
import Foundations
import Workspace

struct ModelListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the models that can be fetched and those that are here."
  )

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let pulled = try pulledModels()
    var table = TextTable("name", ">size", "licence", "here", "title")
    for entry in CatalogueEntry.all {
      table.add(
        entry.name,
        HumanText.size(entry.sizeBytes),
        entry.licence,
        pulled[entry.name] == nil ? "no" : "yes",
        entry.title
      )
    }
    let known = Set(CatalogueEntry.all.map(\.name))
    let others = pulled.values.filter { !known.contains($0.name) }.sorted { $0.name < $1.name }
    for model in others {
      table.add(model.name, HumanText.size(model.sizeBytes), model.licence, "yes", model.source)
    }
    let models =
      CatalogueEntry.all.map { json(of: $0, pulled: pulled[$0.name]) } + others.map(Self.json)
    options.output.show(
      table.text(orWhenEmpty: "the catalogue is empty"),
      json: ["models": .array(models)]
    )
  }

  /// The workspace's models by name; none where there is no workspace yet.
  private func pulledModels() throws -> [String: PulledModel] {
    guard WorkspaceFolder.exists(at: options.location) else { return [:] }
    let models = try options.openWorkspace().models.list()
    return Dictionary(models.map { ($0.name, $0) }) { first, _ in first }
  }

  private static func json(of model: PulledModel) -> JSONValue {
    [
      "name": .string(model.name),
      "title": .string(model.source),
      "licence": .string(model.licence),
      "file_name": .string(model.fileName),
      "size_bytes": JSONValue(model.sizeBytes),
      "sha256": .string(model.sha256.hex),
      "sources": [.string(model.source)],
      "is_pulled": true,
      "pulled_at": .string(Timestamp.text(of: model.createdAt)),
    ]
  }

  private func json(of entry: CatalogueEntry, pulled: PulledModel?) -> JSONValue {
    [
      "name": .string(entry.name),
      "title": .string(entry.title),
      "licence": .string(entry.licence),
      "file_name": .string(entry.fileName),
      "size_bytes": JSONValue(entry.sizeBytes),
      "sha256": .string(entry.sha256.hex),
      "sources": .array(entry.sources.map { .string($0.description) }),
      "is_pulled": JSONValue(pulled != nil),
      "pulled_at": pulled.map { .string(Timestamp.text(of: $0.createdAt)) } ?? .null,
    ]
  }
}
