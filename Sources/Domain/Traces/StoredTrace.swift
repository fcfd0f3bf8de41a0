public import Foundation
public import Foundations

/// A trace that was accepted: it has a name and a time, and never changes again.
public struct StoredTrace: Hashable, Sendable {
  /// The trace's name.
  public let id: Identifier<Trace>
  /// When it was accepted, UTC.
  public let createdAt: Date
  /// What was accepted.
  public let trace: Trace
  /// The sha256 of the trace's canonical JSON.
  public let contentHash: ContentHash

  /// Makes a stored trace and takes its content hash.
  public init(id: Identifier<Trace>, createdAt: Date, trace: Trace) {
    self.init(id: id, createdAt: createdAt, trace: trace, contentHash: trace.contentHash)
  }

  /// Makes a stored trace whose content hash was kept beside it.
  public init(id: Identifier<Trace>, createdAt: Date, trace: Trace, contentHash: ContentHash) {
    self.id = id
    self.createdAt = createdAt
    self.trace = trace
    self.contentHash = contentHash
  }
}
