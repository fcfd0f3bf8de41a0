/// Which adapter each row of an inference step uses; rows of no run use the base alone.
public struct AdapterRows: Sendable {
  /// Runs of consecutive rows with their adapter, in order, not overlapping.
  public let runs: [(rows: Range<Int>, adapter: LoRAAdapter)]

  /// No adapter anywhere.
  public init() { runs = [] }

  /// One adapter, if there is one, for all of `rows` rows.
  public init(_ adapter: LoRAAdapter?, rows: Int) {
    runs = adapter.map { [(0..<rows, $0)] } ?? []
  }

  /// Several adapters; traps when runs overlap or are out of order.
  public init(runs: [(rows: Range<Int>, adapter: LoRAAdapter)]) {
    for (run, next) in zip(runs, runs.dropFirst()) {
      precondition(run.rows.upperBound <= next.rows.lowerBound, "runs overlap at \(next.rows)")
    }
    self.runs = runs
  }

  /// The largest rank of the adapters.
  var rank: Int { runs.map(\.adapter.configuration.r).max() ?? 0 }
}
