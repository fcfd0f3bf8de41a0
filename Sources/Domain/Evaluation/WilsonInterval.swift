/// The Wilson score interval of a proportion.
///
/// With `p = successes / trials`, `n = trials` and `z` the normal quantile:
/// `(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)`.
/// It stays inside 0…1 and is sound for small `n` and for proportions near 0 and 1.
/// Source: E. B. Wilson, JASA 22 (1927) 209–212.
public struct WilsonInterval: Hashable, Sendable, Codable {
  /// The normal quantile of a two-sided 95 % interval.
  public static let quantile95 = 1.959963984540054

  /// The lower bound, 0…1.
  public let lower: Double

  /// The upper bound, 0…1.
  public let upper: Double

  /// The interval of `successes` among `trials`; no trials give the whole range 0…1.
  ///
  /// Traps when the counts are negative or `successes` exceeds `trials`.
  public init(successes: Int, trials: Int, quantile: Double = WilsonInterval.quantile95) {
    precondition(successes >= 0 && successes <= trials, "Successes must lie in 0…trials.")
    guard trials > 0 else {
      (lower, upper) = (0, 1)
      return
    }
    let n = Double(trials)
    let p = Double(successes) / n
    let z2 = quantile * quantile
    let centre = p + z2 / (2 * n)
    let spread = quantile * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
    let scale = 1 + z2 / n
    lower = successes == 0 ? 0 : max(0, (centre - spread) / scale)
    upper = successes == trials ? 1 : min(1, (centre + spread) / scale)
  }
}
