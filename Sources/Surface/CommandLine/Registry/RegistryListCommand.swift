import ArgumentParser
import Experiments
import Foundations
import Workspace

struct RegistryListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List model families, the last promoted first."
  )

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let registry = try options.openWorkspace().registry
    let records = try registry.list().map { try registry.show($0.name) }
    var table = TextTable("name", ">versions", "champion", "updated", "summary")
    for record in records {
      let champion = record.aliases.first { $0.name == ModelRegistry.champion }
      table.add(
        record.family.name,
        "\(record.versions.count)",
        champion?.label ?? "none",
        HumanText.time(record.family.updatedAt),
        record.family.summary
      )
    }
    options.output.show(
      table.text(orWhenEmpty: "no promoted models"),
      json: ["families": .array(records.map(\.json))]
    )
  }
}

extension FamilyRecord {
  /// The family with its versions and aliases as JSON.
  var json: JSONValue {
    [
      "name": .string(family.name),
      "summary": .string(family.summary),
      "task_type": family.taskType.map(JSONValue.string) ?? .null,
      "created_at": .string(Timestamp.text(of: family.createdAt)),
      "updated_at": .string(Timestamp.text(of: family.updatedAt)),
      "aliases": .object(
        aliases.map { JSONValue.Member(key: $0.name, value: .string($0.label)) }
      ),
      "versions": .array(versions.map { $0.json(aliases: aliases(of: $0)) }),
    ]
  }
}
