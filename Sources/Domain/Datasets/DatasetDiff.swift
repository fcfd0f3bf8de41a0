public import Foundations

/// What changed from one dataset to another, row by row.
public struct DatasetDiff: Hashable, Sendable {
  /// What became of a row.
  public enum Change: String, Hashable, Sendable, CaseIterable {
    /// Only the later dataset has it.
    case added
    /// Only the earlier dataset has it.
    case removed
    /// It stands on the other side now.
    case moved
    /// The same problem has another trace now.
    case changed
  }

  /// A row that is not the same in both.
  public struct Row: Hashable, Sendable {
    /// What became of it.
    public let change: Change
    /// The row in the earlier dataset.
    public let before: DatasetItem?
    /// The row in the later dataset.
    public let after: DatasetItem?

    /// The row as an object; a side that it does not have is null.
    public var json: JSONValue {
      [
        "change": .string(change.rawValue), "before": before?.json ?? .null,
        "after": after?.json ?? .null,
      ]
    }
  }

  /// The earlier dataset's key.
  public let from: String
  /// The later dataset's key.
  public let to: String
  /// The rows that differ: in the later dataset's order, then those that are gone.
  public let rows: [Row]
  /// How many rows are the same, on the same side.
  public let keptCount: Int

  /// Compares two datasets; the order of rows does not matter.
  public init(from earlier: DatasetManifest, to later: DatasetManifest) {
    let before = Dictionary(earlier.items.map { ($0.traceID, $0) }) { first, _ in first }
    let after = Set(later.items.map(\.traceID))
    // What is gone may have been replaced: by another trace of the same problem, first come first.
    var gone: [String: [DatasetItem]] = [:]
    for item in earlier.items.reversed() where !after.contains(item.traceID) {
      gone[item.groupKey, default: []].append(item)
    }
    var rows: [Row] = []
    var kept = 0
    for item in later.items {
      if let old = before[item.traceID] {
        if old == item {
          kept += 1
        } else {
          let isMoved = old.contentHash == item.contentHash
          rows.append(Row(change: isMoved ? .moved : .changed, before: old, after: item))
        }
      } else if let old = gone[item.groupKey]?.popLast() {
        rows.append(Row(change: .changed, before: old, after: item))
      } else {
        rows.append(Row(change: .added, before: nil, after: item))
      }
    }
    let replaced = Set(rows.compactMap(\.before?.traceID))
    for item in earlier.items where !after.contains(item.traceID) {
      guard !replaced.contains(item.traceID) else { continue }
      rows.append(Row(change: .removed, before: item, after: nil))
    }
    (from, to, self.rows, keptCount) = (earlier.datasetKey, later.datasetKey, rows, kept)
  }

  /// How many rows had this change.
  public func count(_ change: Change) -> Int { rows.count { $0.change == change } }

  /// Counts and rows.
  public var json: JSONValue {
    let counts: JSONValue = [
      "from": .string(from), "to": .string(to), "kept": JSONValue(keptCount),
    ]
    return Change.allCases.reduce(counts) {
      $0.setting($1.rawValue, to: JSONValue(count($1)))
    }.setting("rows", to: .array(rows.map(\.json)))
  }
}
