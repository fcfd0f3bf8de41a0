public import Foundation
public import Foundations

/// A base model that was fetched into the workspace and found to be exactly what was announced.
public struct PulledModel: Hashable, Sendable {
  /// The name in the catalogue.
  public let name: String
  /// When it was fetched, UTC.
  public let createdAt: Date
  /// The file's name in the workspace's `models` folder.
  public let fileName: String
  /// The file's sha256.
  public let sha256: ContentHash
  /// The file's size in bytes.
  public let sizeBytes: Int
  /// The licence's SPDX identifier.
  public let licence: String
  /// Where it came from, in words.
  public let source: String

  /// Describes a fetched model.
  public init(
    name: String,
    createdAt: Date,
    fileName: String,
    sha256: ContentHash,
    sizeBytes: Int,
    licence: String,
    source: String
  ) {
    self.name = name
    self.createdAt = createdAt
    self.fileName = fileName
    self.sha256 = sha256
    self.sizeBytes = sizeBytes
    self.licence = licence
    self.source = source
  }
}
