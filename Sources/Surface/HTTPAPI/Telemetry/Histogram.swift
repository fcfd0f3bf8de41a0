/// Values counted by upper bounds, as Prometheus counts them: each bound has all that are not larger.
struct Histogram: Sendable {
  /// The bounds, ascending; one for everything follows them.
  let bounds: [Double]
  /// How many values were not larger than each bound.
  private(set) var buckets: [Int]
  /// How many values there were.
  private(set) var count = 0
  /// All values together.
  private(set) var sum = 0.0

  init(bounds: [Double]) {
    self.bounds = bounds
    buckets = Array(repeating: 0, count: bounds.count)
  }

  /// Takes numbers that were counted elsewhere.
  init(bounds: [Double], buckets: [Int], count: Int, sum: Double) {
    self.bounds = bounds
    self.buckets = buckets
    self.count = count
    self.sum = sum
  }

  mutating func add(_ value: Double) {
    for (place, bound) in bounds.enumerated() where value <= bound { buckets[place] += 1 }
    count += 1
    sum += value
  }
}
