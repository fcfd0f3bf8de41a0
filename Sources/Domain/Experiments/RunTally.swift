/// How many runs of one kind ended in one way, and how long they took.
public struct RunTally: Hashable, Sendable {
  /// Upper bounds in seconds by which runs are told apart.
  public static let bounds: [Double] = [1, 10, 60, 300, 900, 3_600, 14_400, 86_400]

  /// The kind of the runs.
  public let kind: RunKind
  /// Where they stand, for good.
  public let state: RunState
  /// How many there are.
  public let count: Int
  /// How many of them began; the others were given up before.
  public let begunCount: Int
  /// Seconds that those took together.
  public let seconds: Double
  /// For each bound, how many took no longer.
  public let withinBounds: [Int]

  /// Takes the numbers; `withinBounds` has one for each of ``bounds``.
  public init(
    kind: RunKind,
    state: RunState,
    count: Int,
    begunCount: Int,
    seconds: Double,
    withinBounds: [Int]
  ) {
    self.kind = kind
    self.state = state
    self.count = count
    self.begunCount = begunCount
    self.seconds = seconds
    self.withinBounds = withinBounds
  }
}
