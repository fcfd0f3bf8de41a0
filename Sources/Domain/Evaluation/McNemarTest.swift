import Foundation

/// McNemar's test for two runs on the same items.
public enum McNemarTest {
  /// The exact two-sided p value of `b` items fixed and `c` items broken.
  ///
  /// Under the null hypothesis each of the `n = b + c` changed items is fixed or broken with equal
  /// chance, so with `k = min(b, c)`
  /// `p = min(1, 2 Σ_{i ≤ k} C(n, i) / 2ⁿ)`.
  /// The largest term is computed through log-gamma, the others by their ratio
  /// `C(n, i−1) / C(n, i) = i / (n − i + 1)`; the sum ends when terms no longer count.
  /// Counts that differ by at most one give exactly 1. Traps when a count is negative.
  /// Source: Q. McNemar, Psychometrika 12 (1947) 153–157, in the exact binomial form.
  public static func exact(b: Int, c: Int) -> Double {
    precondition(b >= 0 && c >= 0, "Counts must not be negative.")
    let n = b + c
    let k = min(b, c)
    guard abs(b - c) > 1 else { return 1 }
    let largest = logChoose(n, k) - Double(n) * 0.693147180559945309417
    var term = 1.0
    var sum = 1.0
    for i in stride(from: k, to: 0, by: -1) {
      term *= Double(i) / Double(n - i + 1)
      sum += term
      if term < sum * 1e-18 { break }
    }
    return min(1, 2 * exp(largest + log(sum)))
  }

  private static func logChoose(_ n: Int, _ k: Int) -> Double {
    lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
  }
}
