public import Experiments
import Files
public import Foundation
import Foundations
import Persistence

/// The promoted models: families, their immutable versions, and the aliases that point to them.
public struct ModelRegistry: Sendable {
  /// The alias of the version that a family stands for.
  public static let champion = "champion"

  let database: DatabaseStore
  let runs: RunLibrary
  let comparisons: ComparisonLibrary
  let datasets: DatasetLibrary
  let models: ModelCatalogue
  let artifacts: ArtifactStore
  let now: @Sendable () -> Date

  /// Makes a family of versions.
  public func create(
    family name: String,
    summary: String = "",
    taskType: String? = nil
  ) throws -> ModelFamily {
    guard Self.isName(name, limit: Limits.modelNameCharacters) else {
      throw WorkspaceError.invalidName(
        noun: "model family",
        name: name,
        rule: "letters, digits, dots, underscores and hyphens, at most "
          + "\(Limits.modelNameCharacters) characters"
      )
    }
    let time = now()
    let family = ModelFamily(
      id: .random(),
      name: name,
      summary: summary,
      taskType: taskType,
      createdAt: time,
      updatedAt: time
    )
    try database.insert(family: family)
    return family
  }

  /// Every family, the last promoted first.
  public func list() throws -> [ModelFamily] {
    try database.families(limit: Limits.largestPageRows)
  }

  /// A family with its versions, newest first, and its aliases.
  public func show(_ name: String) throws -> FamilyRecord {
    let family = try family(named: name)
    return FamilyRecord(
      family: family,
      versions: try database.versions(of: family, limit: Limits.largestPageRows),
      aliases: try database.aliases(of: family)
    )
  }

  /// The version that a reference names: `name@label`, `name@alias`, or `name` for its champion.
  public func resolve(_ reference: String) throws -> ModelVersion {
    let parts = reference.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let family = try family(named: String(parts.first ?? ""))
    let wanted = parts.count > 1 ? String(parts[1]) : Self.champion
    let alias = try database.aliases(of: family).first { $0.name == wanted }
    guard let version = try database.version(of: family, label: alias?.label ?? wanted) else {
      throw WorkspaceError.unknown(
        noun: "model version",
        name: reference,
        hint: "see them with: tunix-rt registry show \(family.name)"
      )
    }
    return version
  }

  /// The folder of a version's adapter; nil for a base model and where all weights were trained.
  public func adapter(of version: ModelVersion) throws -> URL? {
    try folder(of: version).flatMap { Self.holdsModel($0) ? nil : $0 }
  }

  /// The folder of a version whose weights were all trained; nil for others.
  public func model(of version: ModelVersion) throws -> URL? {
    try folder(of: version).flatMap { Self.holdsModel($0) ? $0 : nil }
  }

  private func folder(of version: ModelVersion) throws -> URL? {
    guard version.kind == .trained else { return nil }
    guard artifacts.contains(version.sha256) else {
      throw WorkspaceError.damagedArtifact(
        expected: version.sha256,
        found: nil,
        path: artifacts.location(of: version.sha256).path
      )
    }
    return artifacts.location(of: version.sha256)
  }

  /// Moves an alias of a family to one of its versions.
  @discardableResult
  public func move(alias: String, to reference: String) throws -> ModelVersion {
    let version = try resolve(reference)
    try Self.requireLabel(alias)
    let family = try family(named: version.family)
    guard try database.version(of: family, label: alias) == nil else {
      throw WorkspaceError.invalidName(
        noun: "alias",
        name: alias,
        rule: "a version of \(family.name) has this label"
      )
    }
    try database.move(alias: alias, of: family, to: version.label, at: now())
    return version
  }

  func family(named name: String) throws -> ModelFamily {
    guard let family = try database.family(named: name) else {
      throw WorkspaceError.unknown(
        noun: "model family",
        name: name,
        hint: "see them with: tunix-rt registry list"
      )
    }
    return family
  }

  static func requireLabel(_ label: String) throws {
    guard isName(label, limit: 64), label.first?.isPunctuation == false else {
      throw WorkspaceError.invalidName(
        noun: "model version",
        name: label,
        rule: "letters, digits, dots, underscores and hyphens, the first a letter or digit, "
          + "at most 64 characters"
      )
    }
  }

  private static func isName(_ text: String, limit: Int) -> Bool {
    (1...limit).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}

/// A family with everything that belongs to it.
public struct FamilyRecord: Hashable, Sendable {
  /// The family.
  public let family: ModelFamily
  /// Its versions, newest first.
  public let versions: [ModelVersion]
  /// Its aliases, by name.
  public let aliases: [ModelAlias]

  /// The aliases that point to a version.
  public func aliases(of version: ModelVersion) -> [String] {
    aliases.filter { $0.label == version.label }.map(\.name)
  }
}
