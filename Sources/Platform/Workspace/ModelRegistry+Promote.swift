public import Experiments
import Files
import Foundation
import Foundations
import Persistence

/// What a promotion did.
public struct Promotion: Hashable, Sendable {
  /// The version, new or found.
  public let version: ModelVersion
  /// Whether the same content was promoted before, so that nothing new was stored.
  public let wasPresent: Bool
  /// Why the evidence allows it.
  public let reason: String
}

extension ModelRegistry {
  /// Promotes a run's result as an immutable version, and moves an alias to it.
  ///
  /// A training run's result is its adapter, or its model where all weights were trained; it needs a stored paired comparison that shows it
  /// to be better on items it did not train on. An inference run's result is its base model, which
  /// needs a stored comparison. Without a label the same content gives the version that there is.
  @discardableResult
  public func promote(
    run name: String,
    to familyName: String,
    label: String? = nil,
    alias: String? = champion
  ) throws -> Promotion {
    let run = try runs.show(name)
    guard run.status.state == .completed else {
      throw WorkspaceError.wrongState(
        run: run.id.text,
        status: run.status.state.rawValue,
        needed: "only completed runs are promoted"
      )
    }
    if let label { try Self.requireLabel(label) }
    if let alias { try Self.requireLabel(alias) }
    let side: PromotionCandidate = run.specification.kind.trains ? .trained : .base
    let (comparison, reason) = try evidence(for: run, as: side)
    let content = try content(of: run, as: side)
    let family =
      try database.family(named: familyName) ?? create(family: familyName, taskType: "sft")
    let existing = try database.versions(of: family, limit: Limits.largestPageRows)
    if let same = try Self.match(content.sha256, label: label, in: existing) {
      if let alias { try database.move(alias: alias, of: family, to: same.label, at: now()) }
      return Promotion(version: same, wasPresent: true, reason: reason)
    }
    let version = ModelVersion(
      id: .random(),
      family: family.name,
      label: label ?? Self.nextLabel(after: existing),
      createdAt: now(),
      kind: side,
      sha256: content.sha256,
      sizeBytes: content.sizeBytes,
      runHash: try runs.contentHash(of: run.id),
      comparisonHash: comparison.contentHash,
      provenance: Provenance(
        manifest: content.manifest,
        comparison: comparison,
        adapterHash: content.weights
      )
    )
    try database.insert(version: version, of: family, alias: alias)
    return Promotion(version: version, wasPresent: false, reason: reason)
  }

  private func evidence(
    for run: Run,
    as side: PromotionCandidate
  ) throws -> (StoredComparison, reason: String) {
    let comparison = try comparisons.list(of: run, as: side).first
    switch (PromotionDecision.decide(comparison: comparison, asked: side), comparison) {
    case (.promote(_, let reason), .some(let comparison)): return (comparison, reason)
    case (.refuse(let reason), .none):
      throw WorkspaceError.notPromoted(
        reason: "\(reason); make one with: tunix-rt compare BASE TRAINED"
      )
    case (.refuse(let reason), _): throw WorkspaceError.notPromoted(reason: reason)
    case (.promote, .none): preconditionFailure("A promotion without a comparison was allowed.")
    }
  }

  /// The promoted bytes: a folder of an adapter or of a trained model, copied into the artifact
  /// store, or a base model.
  private func content(of run: Run, as side: PromotionCandidate) throws -> PromotedContent {
    guard let manifest = try runs.manifest(of: run.id) else {
      throw WorkspaceError.notPromoted(reason: "run \(run.id) has no stored manifest")
    }
    guard side == .trained else {
      let size = try models.pulled(manifest.model)?.sizeBytes ?? 0
      return PromotedContent(
        manifest: manifest,
        sha256: manifest.modelHash,
        sizeBytes: size,
        weights: nil
      )
    }
    let folder = runs.folder(of: run.id)
      .appending(path: run.specification.kind == .fullSFT ? "model" : "adapter")
    let weights = try Self.weights(in: folder)
    let stored = try artifacts.store(folder: folder)
    return PromotedContent(
      manifest: manifest,
      sha256: stored.hash,
      sizeBytes: stored.sizeBytes,
      weights: weights
    )
  }

  /// The hash of the weights of an adapter, or of a trained model; throws where the folder is
  /// neither.
  static func weights(in folder: URL) throws -> ContentHash {
    let isModel = holdsModel(folder)
    let configuration = folder.appending(path: isModel ? modelSettings : adapterSettings)
    let names =
      isModel ? ["model.safetensors"] : ["adapter_model.safetensors", "adapter_model.bin"]
    let files = names.map { folder.appending(path: $0) }
    guard FileKind(at: configuration) == .file else {
      throw FileError.missing(path: configuration.path)
    }
    guard let file = files.first(where: { FileKind(at: $0) == .file }) else {
      throw FileError.missing(path: files[0].path)
    }
    return try FileHash.sha256(of: file)
  }

  private static let adapterSettings = "adapter_config.json"
  private static let modelSettings = "config.json"

  /// Whether a folder holds a whole model and not an adapter.
  static func holdsModel(_ folder: URL) -> Bool {
    FileKind(at: folder.appending(path: adapterSettings)) == .missing
      && FileKind(at: folder.appending(path: modelSettings)) == .file
  }

  private static func match(
    _ sha256: ContentHash,
    label: String?,
    in versions: [ModelVersion]
  ) throws -> ModelVersion? {
    guard let label else { return versions.first { $0.sha256 == sha256 } }
    guard let version = versions.first(where: { $0.label == label }) else { return nil }
    guard version.sha256 == sha256 else {
      throw WorkspaceError.versionExists(name: version.reference, existing: version.sha256)
    }
    return version
  }

  private static func nextLabel(after versions: [ModelVersion]) -> String {
    let numbers = versions.compactMap { $0.label.hasPrefix("v") ? Int($0.label.dropFirst()) : nil }
    return "v\((numbers.max() ?? 0) + 1)"
  }
}

/// What is promoted, with the manifest of the run that made it.
private struct PromotedContent {
  let manifest: RunManifest
  let sha256: ContentHash
  let sizeBytes: Int
  let weights: ContentHash?
}
