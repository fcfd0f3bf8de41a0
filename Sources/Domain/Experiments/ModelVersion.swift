public import Foundation
public import Foundations

/// A name under which versions of one model are promoted.
public struct ModelFamily: Hashable, Sendable {
  /// The family's identifier.
  public let id: Identifier<ModelFamily>
  /// What people type.
  public let name: String
  /// What the model is for, in a sentence; may be empty.
  public let summary: String
  /// The kind of task, for example `sft`.
  public let taskType: String?
  /// When it was made, UTC.
  public let createdAt: Date
  /// When something was last promoted into it, UTC.
  public let updatedAt: Date

  /// Describes a family.
  public init(
    id: Identifier<ModelFamily>,
    name: String,
    summary: String,
    taskType: String?,
    createdAt: Date,
    updatedAt: Date
  ) {
    self.id = id
    self.name = name
    self.summary = summary
    self.taskType = taskType
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }
}

/// A promoted model: it never changes, and carries where it comes from.
public struct ModelVersion: Hashable, Sendable {
  /// The version's identifier.
  public let id: Identifier<ModelVersion>
  /// The family's name.
  public let family: String
  /// The version's label in its family, for example `v1`.
  public let label: String
  /// When it was promoted, UTC.
  public let createdAt: Date
  /// Whether it is a base model as it is, or one with a run's adapter.
  public let kind: PromotionCandidate
  /// The sha256 of the adapter's folder by the registry's rule, or of the base model's file.
  public let sha256: ContentHash
  /// The size of the adapter's folder, or of the base model's file, in bytes.
  public let sizeBytes: Int
  /// The sha256 of everything that is stored of its run.
  public let runHash: ContentHash
  /// The sha256 of the comparison that allowed the promotion.
  public let comparisonHash: ContentHash
  /// Where it comes from.
  public let provenance: Provenance

  /// Describes a version.
  public init(
    id: Identifier<ModelVersion>,
    family: String,
    label: String,
    createdAt: Date,
    kind: PromotionCandidate,
    sha256: ContentHash,
    sizeBytes: Int,
    runHash: ContentHash,
    comparisonHash: ContentHash,
    provenance: Provenance
  ) {
    self.id = id
    self.family = family
    self.label = label
    self.createdAt = createdAt
    self.kind = kind
    self.sha256 = sha256
    self.sizeBytes = sizeBytes
    self.runHash = runHash
    self.comparisonHash = comparisonHash
    self.provenance = provenance
  }

  /// `family@label`: how the version is named on the command line.
  public var reference: String { "\(family)@\(label)" }
}

/// A movable name of a version, such as `champion`.
public struct ModelAlias: Hashable, Sendable {
  /// The alias.
  public let name: String
  /// The label of the version that it names.
  public let label: String
  /// When it was last moved, UTC.
  public let updatedAt: Date

  /// Describes an alias.
  public init(name: String, label: String, updatedAt: Date) {
    self.name = name
    self.label = label
    self.updatedAt = updatedAt
  }
}
