/// What the bearer of a token may do.
public enum AccessScope: String, CaseIterable, Codable, Comparable, Sendable {
  /// Look at everything.
  case read
  /// Store and change traces, datasets and evaluation sets.
  case write
  /// Start and cancel runs.
  case run
  /// Promote models and move their aliases.
  case promote
  /// Everything, access itself included.
  case admin

  /// Orders by how much is at stake.
  public static func < (left: AccessScope, right: AccessScope) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
