/// Which values of a matrix are dropped: a function of a key and of row and column only.
///
/// A value is dropped with probability `probability`, and kept values are multiplied by
/// `1 / (1 - probability)`. The mask is not stored: it comes from a counter-based generator, so it
/// does not depend on threads and can be made again for the gradient. A row's key is SplitMix64's
/// finaliser over key and row (Steele, Lea and Flood, 2014); a column's word is a 32-bit finaliser
/// with two multiplications over that and the column, of which 24 bits are compared with the
/// probability.
public struct DropoutMask: Sendable {
  private typealias Words = SIMD8<UInt32>
  private let key: UInt64
  private let threshold: Int32
  private let factor: Float

  /// A mask for one matrix; `probability` is at least 0 and below 1.
  public init(key: UInt64, probability: Float) {
    precondition(probability >= 0 && probability < 1, "a dropout probability of \(probability)")
    self.key = SplitMix64.mixed(key)
    threshold = Int32(probability * 0x1p24)
    factor = 1 / (1 - probability)
  }

  /// What the value at a row and column is multiplied by: 0 or `1 / (1 - probability)`.
  public func factor(row: Int, column: Int) -> Float {
    factors(rowKey(row), column / 8 * 8)[column % 8]
  }

  /// Writes `y = x ⊙ mask`; the same shape.
  public func apply(_ x: Matrix, into y: Matrix) {
    eachVector(x, y) { value, _ in value }
  }

  /// Adds `y += x ⊙ mask`, which is how a gradient goes back through the mask.
  public func add(_ x: Matrix, to y: Matrix) {
    eachVector(x, y) { value, old in old + value }
  }

  @inline(__always)
  private func eachVector(_ x: Matrix, _ y: Matrix, _ result: (Lanes, Lanes) -> Lanes) {
    precondition(x.rows == y.rows && x.columns == y.columns, "a mask over different shapes")
    let whole = x.columns / 8 * 8
    parallelRanges(x.rows, atLeast: 4) { range in
      for row in range {
        let rowKey = rowKey(row)
        let source = unsafe x.row(row)
        let target = unsafe y.row(row)
        for c in stride(from: 0, to: whole, by: 8) {
          let masked = unsafe load(source, c) * factors(rowKey, c)
          unsafe store(result(masked, load(target, c)), target, c)
        }
        guard whole < x.columns else { continue }
        let last = factors(rowKey, whole)
        for c in whole..<x.columns {
          let masked = unsafe source[c] * last[c - whole]
          unsafe target[c] = result(Lanes(repeating: masked), Lanes(repeating: target[c]))[0]
        }
      }
    }
  }

  private func rowKey(_ row: Int) -> UInt64 {
    SplitMix64.output(UInt64(truncatingIfNeeded: row), of: key)
  }

  /// The factors of eight columns from a multiple of eight on.
  @inline(__always)
  private func factors(_ rowKey: UInt64, _ column: Int) -> Lanes {
    let low = UInt32(truncatingIfNeeded: rowKey)
    let high = UInt32(truncatingIfNeeded: rowKey >> 32)
    let columns =
      Words(repeating: UInt32(truncatingIfNeeded: column)) &+ Words(0, 1, 2, 3, 4, 5, 6, 7)
    var word = (columns &* 0x9E37_79B9) ^ low
    word = (word ^ (word &>> 16)) &* 0x21F0_AAAD
    word = word ^ high
    word = (word ^ (word &>> 15)) &* 0xD35A_2D97
    word = word ^ (word &>> 15)
    let drawn = unsafe unsafeBitCast(word &>> 8, to: SIMD8<Int32>.self)
    return Lanes(repeating: factor).replacing(with: 0, where: drawn .< threshold)
  }
}
