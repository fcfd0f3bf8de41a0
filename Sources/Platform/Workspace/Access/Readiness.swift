import Experiments
import Foundation
import Foundations
import Persistence

/// Whether a workspace can take work now, part by part.
public struct Readiness: Hashable, Sendable {
  /// One part that was looked at.
  public struct Part: Hashable, Sendable {
    /// What was looked at: `database`, `disk`, `queue`.
    public let name: String
    /// Whether it can take work.
    public let isReady: Bool
    /// What was found, one sentence.
    public let detail: String
  }

  /// The parts, in a fixed order.
  public let parts: [Part]

  /// Whether every part can take work.
  public var isReady: Bool { parts.allSatisfy(\.isReady) }
}

extension WorkspaceFolder {
  /// Writes a row, asks for free disk space and counts waiting runs.
  public func readiness() -> Readiness {
    Readiness(parts: [databasePart, diskPart, queuePart])
  }

  private var databasePart: Readiness.Part {
    do {
      try database.probeWriting(at: now())
      return Readiness.Part(name: "database", isReady: true, detail: "writable")
    } catch {
      return Readiness.Part(name: "database", isReady: false, detail: "\(error)")
    }
  }

  private var diskPart: Readiness.Part {
    let facts = try? FileManager.default.attributesOfFileSystem(forPath: location.path)
    guard let free = (facts?[.systemFreeSize] as? NSNumber)?.intValue else {
      return Readiness.Part(name: "disk", isReady: false, detail: "free space is unknown")
    }
    let isReady = free >= Limits.freeDiskBytes
    return Readiness.Part(
      name: "disk",
      isReady: isReady,
      detail: "\(free / 1_048_576) MiB free, \(Limits.freeDiskBytes / 1_048_576) needed"
    )
  }

  private var queuePart: Readiness.Part {
    do {
      let waiting = try runs.list(state: .pending, limit: Limits.waitingRuns).count
      return Readiness.Part(
        name: "queue",
        isReady: waiting < Limits.waitingRuns,
        detail: "\(waiting) runs wait, at most \(Limits.waitingRuns)"
      )
    } catch {
      return Readiness.Part(name: "queue", isReady: false, detail: "\(error)")
    }
  }
}
