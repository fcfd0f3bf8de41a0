/// Which values of a matrix are dropped: a function of a key and of row and column only.
///
/// A value is dropped with probability `probability`, and kept values are multiplied by
/// `1 / (1 - probability)`. The mask is not stored: it comes from a counter-based generator
/// (two rounds of the finaliser of SplitMix64 over key, row and column; Steele, Lea and Flood, 2014),
/// so it does not depend on threads and can be made again for the gradient.
public struct DropoutMask: Sendable {
  private let key: UInt64
  private let threshold: UInt64
  private let factor: Float

  /// A mask for one matrix; `probability` is at least 0 and below 1.
  public init(key: UInt64, probability: Float) {
    precondition(probability >= 0 && probability < 1, "a dropout probability of \(probability)")
    self.key = Self.mixed(key)
    threshold = UInt64(Double(probability) * 0x1p32)
    factor = 1 / (1 - probability)
  }

  /// What the value at a row and column is multiplied by: 0 or `1 / (1 - probability)`.
  public func factor(row: Int, column: Int) -> Float { Self.factor(self, rowKey(row), column) }

  /// Writes `y = x ⊙ mask`; the same shape.
  public func apply(_ x: Matrix, into y: Matrix) {
    precondition(x.rows == y.rows && x.columns == y.columns, "a mask over different shapes")
    parallelRanges(x.rows, atLeast: 4) { range in
      for row in range {
        let rowKey = rowKey(row)
        let source = unsafe x.row(row)
        let target = unsafe y.row(row)
        for c in 0..<x.columns { unsafe target[c] = source[c] * Self.factor(self, rowKey, c) }
      }
    }
  }

  /// Adds `y += x ⊙ mask`, which is how a gradient goes back through the mask.
  public func add(_ x: Matrix, to y: Matrix) {
    precondition(x.rows == y.rows && x.columns == y.columns, "a mask over different shapes")
    parallelRanges(x.rows, atLeast: 4) { range in
      for row in range {
        let rowKey = rowKey(row)
        let source = unsafe x.row(row)
        let target = unsafe y.row(row)
        for c in 0..<x.columns { unsafe target[c] += source[c] * Self.factor(self, rowKey, c) }
      }
    }
  }

  @inline(__always)
  private func rowKey(_ row: Int) -> UInt64 {
    Self.mixed(key &+ UInt64(truncatingIfNeeded: row) &* 0x9E37_79B9_7F4A_7C15)
  }

  @inline(__always)
  private static func factor(_ mask: DropoutMask, _ rowKey: UInt64, _ column: Int) -> Float {
    let word = mixed(rowKey ^ (UInt64(truncatingIfNeeded: column) &* 0xD1B5_4A32_D192_ED03))
    return word >> 32 < mask.threshold ? 0 : mask.factor
  }

  /// SplitMix64's finaliser.
  @inline(__always)
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
