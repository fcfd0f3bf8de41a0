import ArgumentParser
import Experiments
import Foundations
import Judging
import Workspace

struct RegistryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registry",
    abstract: "Promote models with their evidence, and check that evidence.",
    subcommands: [
      RegistryListCommand.self, RegistryShowCommand.self, RegistryPromoteCommand.self,
      RegistryAliasCommand.self, RegistryVerifyCommand.self,
    ]
  )
}

extension ModelVersion {
  /// The version as JSON, the field order fixed.
  func json(aliases: [String]) -> JSONValue {
    [
      "version_id": .string(id.text),
      "reference": .string(reference),
      "family": .string(family),
      "label": .string(label),
      "aliases": .array(aliases.map(JSONValue.string)),
      "kind": .string(kind.rawValue),
      "created_at": .string(Timestamp.text(of: createdAt)),
      "sha256": .string(sha256.hex),
      "size_bytes": JSONValue(sizeBytes),
      "run_sha256": .string(runHash.hex),
      "comparison_sha256": .string(comparisonHash.hex),
      "provenance": provenance.json,
    ]
  }

  /// The version's facts for people.
  func facts(aliases: [String]) -> FactSheet {
    var sheet = FactSheet()
    sheet.add("version", ([reference] + aliases.map { "(\($0))" }).joined(separator: " "))
    sheet.add("promoted", HumanText.time(createdAt))
    sheet.add("kind", kind == .trained ? "adapter" : "base model")
    sheet.add("sha256", "\(sha256.hex), \(HumanText.size(sizeBytes))")
    sheet.add("weights sha256", provenance.adapterHash?.hex)
    sheet.add("base model", "\(provenance.baseModel), sha256 \(provenance.baseModelHash)")
    sheet.add("dataset", "\(provenance.datasetKey), sha256 \(provenance.datasetHash)")
    sheet.add("run", "\(provenance.runID), sha256 \(runHash)")
    sheet.add("comparison", "\(provenance.comparisonID), sha256 \(comparisonHash)")
    sheet.add("judge", provenance.judge.description)
    for member in provenance.metrics.object ?? [] {
      sheet.add(member.key, HumanText.metric(member.key, member.value))
    }
    if !provenance.configuration.isNull {
      sheet.add("configuration", HumanText.settings(provenance.configuration))
    }
    sheet.add("seed", "\(provenance.seed)")
    sheet.add("source", provenance.sourceRevision)
    sheet.add("computed on", "\(provenance.cpu), \(provenance.dtype)")
    return sheet
  }
}
