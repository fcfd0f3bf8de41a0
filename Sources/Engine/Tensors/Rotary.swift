internal import Foundation

/// Cosines and sines of rotary position embedding, for positions below a limit.
///
/// Angle of position p and pair i: `p * base^(-2 i / D)`, computed in float32 as the field's
/// reference does. Source: Su et al., 2021 (arXiv 2104.09864); halves `(i, i + D / 2)` are rotated.
public struct RotaryTable: Sendable {
  /// The number of positions.
  public let positions: Int
  /// The size of one head, D.
  public let headSize: Int
  private let cosines: Matrix
  private let sines: Matrix

  /// Makes the table `[positions, D / 2]`.
  public init(positions: Int, headSize: Int, base: Float) {
    precondition(headSize % 16 == 0, "head size \(headSize) is not a multiple of 16")
    self.positions = positions
    self.headSize = headSize
    let half = headSize / 2
    cosines = Matrix(rows: positions, columns: half)
    sines = Matrix(rows: positions, columns: half)
    for pair in 0..<half {
      let frequency = 1 / Foundation.pow(base, Float(2 * pair) / Float(headSize))
      for position in 0..<positions {
        let angle = Float(position) * frequency
        cosines[position, pair] = Foundation.cos(angle)
        sines[position, pair] = Foundation.sin(angle)
      }
    }
  }

  /// Rotates every head of every row in place by the angle of its position, or back by it.
  ///
  /// Shapes: `x` `[T, heads * D]`, one position a row. Rotating back is also the gradient.
  public func rotate(_ x: Matrix, positions rowPositions: [Int32], backwards: Bool = false) {
    precondition(x.columns % headSize == 0 && rowPositions.count >= x.rows)
    let heads = x.columns / headSize
    let half = headSize / 2
    parallelRanges(x.rows, atLeast: 16) { range in
      for row in range {
        let position = Int(rowPositions[row])
        precondition(position < positions, "position \(position) of \(positions)")
        let cosine = unsafe cosines.row(position)
        let sine = unsafe sines.row(position)
        for head in 0..<heads {
          let low = unsafe x.row(row) + head * headSize
          let high = unsafe low + half
          var i = 0
          while i < half {
            let c = unsafe load(cosine, i)
            let s = unsafe backwards ? -load(sine, i) : load(sine, i)
            let a = unsafe load(low, i)
            let b = unsafe load(high, i)
            unsafe store(a * c - b * s, low, i)
            unsafe store(b * c + a * s, high, i)
            i += 8
          }
        }
      }
    }
  }
}
