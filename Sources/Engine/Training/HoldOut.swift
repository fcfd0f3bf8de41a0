internal import Foundations

/// Splits rows into those that are learned and those that are held out for the evaluation loss.
///
/// Whole groups go to one side, so that a problem and its paraphrase cannot stand on both. Groups are
/// ranked by a draw from the seed and their name; the lowest ranks are held out until they have at
/// least the asked-for part of the rows. A row without a group is a group with its equals.
public struct HoldOut: Sendable {
  /// The part of the rows to hold out, above 0 and below 1.
  public let ratio: Double
  /// The root seed.
  public let seed: UInt64

  /// A split.
  public init(ratio: Double, seed: UInt64) {
    self.ratio = ratio
    self.seed = seed
  }

  /// The rows of both sides, each in its old order; throws when one side would be empty.
  public func split(
    _ rows: [TrainingRow]
  ) throws(TrainingDataError) -> (learned: [TrainingRow], held: [TrainingRow]) {
    var groups: [String: [Int]] = [:]
    for (index, row) in rows.enumerated() { groups[Self.name(of: row), default: []].append(index) }
    let streams = RandomStreams(seed: seed)
    let ranked = groups.map { (rank: streams.holdOutRank(group: $0.key), $0.key, $0.value) }
      .sorted { ($0.rank, $0.1) < ($1.rank, $1.1) }
    let wanted = Int((ratio * Double(rows.count)).rounded(.up))
    var isHeld = Array(repeating: false, count: rows.count)
    var count = 0
    for (_, _, members) in ranked where count < wanted {
      for index in members { isHeld[index] = true }
      count += members.count
    }
    guard count > 0, count < rows.count else {
      throw .emptySplit(rows: rows.count, groups: groups.count, ratio: ratio)
    }
    return (
      rows.indices.filter { !isHeld[$0] }.map { rows[$0] },
      rows.indices.filter { isHeld[$0] }.map { rows[$0] }
    )
  }

  private static func name(of row: TrainingRow) -> String {
    if let group = row.group { return "group:" + group }
    var hasher = ContentHasher()
    for id in row.ids { hasher.update((0..<4).map { UInt8(truncatingIfNeeded: id >> (8 * $0)) }) }
    return "row:" + hasher.finish().hex
  }
}
