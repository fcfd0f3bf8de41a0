import Datasets
import Evaluation
public import Experiments
import Files
import Foundation
import Foundations
import Persistence

/// One link of a promoted model's chain of evidence, hashed anew.
public struct EvidenceLink: Hashable, Sendable {
  /// What was checked.
  public let name: String
  /// The sha256 that the version carries, or what it stands for.
  public let detail: String
  /// What is wrong, one sentence each; empty where all is as it was.
  public let findings: [String]
  /// Whether there was nothing to hash, because the file is not in the workspace.
  public let isSkipped: Bool

  init(_ name: String, _ detail: String, findings: [String] = [], isSkipped: Bool = false) {
    self.name = name
    self.detail = detail
    self.findings = findings
    self.isSkipped = isSkipped
  }

  /// Whether the link holds.
  public var isIntact: Bool { findings.isEmpty }
}

/// What the check of a chain of evidence found.
public struct ChainVerification: Hashable, Sendable {
  /// The version whose chain was checked.
  public let version: ModelVersion
  /// The links, from the model to the traces.
  public let links: [EvidenceLink]

  /// Whether every link holds.
  public var isIntact: Bool { links.allSatisfy(\.isIntact) }
}

extension ModelRegistry {
  /// Checks a promoted model's chain offline: model, run, comparison, dataset, traces, base model.
  ///
  /// Every link's bytes are hashed anew, and the comparison is counted anew from the two runs' items.
  public func verify(_ reference: String) throws -> ChainVerification {
    let version = try resolve(reference)
    return ChainVerification(
      version: version,
      links: [
        artifactLink(of: version), runLink(of: version), comparisonLink(of: version),
        datasetLink(of: version), baseModelLink(of: version),
      ]
    )
  }

  private func artifactLink(of version: ModelVersion) -> EvidenceLink {
    guard version.kind == .trained else {
      return EvidenceLink("model", "the base model as it is, \(version.sha256)")
    }
    let findings = Self.findings {
      try artifacts.verify(version.sha256)
      let weights = try Self.weights(in: artifacts.location(of: version.sha256))
      guard weights == version.provenance.adapterHash else {
        throw WorkspaceError.damagedArtifact(
          expected: version.provenance.adapterHash ?? version.sha256,
          found: weights,
          path: "the trained weights"
        )
      }
    }
    let isModel = Self.holdsModel(artifacts.location(of: version.sha256))
    return EvidenceLink(isModel ? "model" : "adapter", version.sha256.hex, findings: findings)
  }

  private func runLink(of version: ModelVersion) -> EvidenceLink {
    let id = version.provenance.runID
    let findings = Self.findings {
      let found = try runs.contentHash(of: id)
      guard found == version.runHash else {
        throw WorkspaceError.recordChanged(
          noun: "run",
          name: id.text,
          expected: version.runHash,
          found: found
        )
      }
      guard let manifest = try runs.manifest(of: id) else { return }
      guard manifest.datasetHash == version.provenance.datasetHash else {
        throw WorkspaceError.recordChanged(
          noun: "dataset of run",
          name: id.text,
          expected: version.provenance.datasetHash,
          found: manifest.datasetHash
        )
      }
    }
    return EvidenceLink("run", "\(id), sha256 \(version.runHash)", findings: findings)
  }

  private func comparisonLink(of version: ModelVersion) -> EvidenceLink {
    let id = version.provenance.comparisonID
    let findings = Self.findings {
      guard let stored = try database.comparison(id) else {
        throw WorkspaceError.unknown(noun: "comparison", name: id.text, hint: nil)
      }
      let counted = try PairedComparison(
        base: try runs.items(of: stored.baseRunID).map(\.outcome),
        trained: try runs.items(of: stored.trainedRunID).map(\.outcome)
      )
      let anew = StoredComparison(
        id: stored.id,
        baseRunID: stored.baseRunID,
        trainedRunID: stored.trainedRunID,
        datasetKey: stored.datasetKey,
        datasetHash: stored.datasetHash,
        judge: stored.judge,
        overlap: stored.overlap,
        comparison: counted,
        createdAt: stored.createdAt
      )
      for found in [stored.contentHash, anew.contentHash] where found != version.comparisonHash {
        throw WorkspaceError.recordChanged(
          noun: "comparison",
          name: id.text,
          expected: version.comparisonHash,
          found: found
        )
      }
    }
    return EvidenceLink(
      "comparison",
      "\(id), sha256 \(version.comparisonHash)",
      findings: findings
    )
  }

  private func datasetLink(of version: ModelVersion) -> EvidenceLink {
    let key = version.provenance.datasetKey
    var traceFindings: [String] = []
    var count = 0
    let findings = Self.findings {
      let verification = try datasets.verify(key)
      count = verification.traceCount
      traceFindings = verification.findings
      guard verification.contentHash == version.provenance.datasetHash else {
        throw WorkspaceError.recordChanged(
          noun: "dataset",
          name: key,
          expected: version.provenance.datasetHash,
          found: verification.contentHash
        )
      }
    }
    let detail = "\(key), sha256 \(version.provenance.datasetHash), \(count) traces"
    return EvidenceLink("dataset", detail, findings: findings + traceFindings)
  }

  private func baseModelLink(of version: ModelVersion) -> EvidenceLink {
    let name = version.provenance.baseModel
    let expected = version.provenance.baseModelHash
    guard let place = try? models.location(of: name), FileKind(at: place) != .missing else {
      return EvidenceLink(
        "base model",
        "\(name), sha256 \(expected), not in this workspace",
        isSkipped: true
      )
    }
    let findings = Self.findings {
      let isFolder = FileKind(at: place) == .folder
      let found = isFolder ? try FileHash.ofFolder(place).hash : try FileHash.sha256(of: place)
      guard found == expected else {
        throw WorkspaceError.damagedArtifact(expected: expected, found: found, path: place.path)
      }
    }
    return EvidenceLink("base model", "\(name), sha256 \(expected)", findings: findings)
  }

  /// What a check throws, as a finding.
  private static func findings(_ check: () throws -> Void) -> [String] {
    do {
      try check()
      return []
    } catch {
      return ["\(error)"]
    }
  }
}
