internal import Foundation

/// Cosines and sines of rotary position embedding, for the rows of one step.
///
/// Angle of position p and pair i: `p * base^(-2 i / D)`, computed in float32 as the field's
/// reference does. Source: Su et al., 2021 (arXiv 2104.09864); halves `(i, i + D / 2)` are rotated.
/// They are made once a step and serve every layer, so that a long context needs no table.
public struct RotaryAngles: Sendable {
  /// The number of rows.
  public let rows: Int
  /// The size of one head, D; even.
  public let headSize: Int
  private let cosines: Matrix
  private let sines: Matrix

  /// Makes the angles `[T, D / 2]` of each row's position.
  public init(positions: [Int32], headSize: Int, base: Float) {
    precondition(headSize > 0 && headSize % 2 == 0, "head size \(headSize) is not even")
    rows = positions.count
    self.headSize = headSize
    let half = headSize / 2
    let cosines = Matrix(rows: rows, columns: half)
    let sines = Matrix(rows: rows, columns: half)
    let frequencies = (0..<half).map { pair in
      1 / Foundation.pow(base, Float(2 * pair) / Float(headSize))
    }
    parallelRanges(rows, atLeast: 16) { range in
      for row in range {
        let position = Float(positions[row])
        for pair in 0..<half {
          let angle = position * frequencies[pair]
          cosines[row, pair] = Foundation.cos(angle)
          sines[row, pair] = Foundation.sin(angle)
        }
      }
    }
    self.cosines = cosines
    self.sines = sines
  }

  /// Rotates every head of every row in place by the angle of its position, or back by it.
  ///
  /// Shapes: `x` `[T, heads * D]`. Rotating back is also the gradient.
  public func rotate(_ x: Matrix, backwards: Bool = false) {
    let span = Profiling.begin(.rotary)
    defer { Profiling.end(span) }
    precondition(x.columns % headSize == 0 && x.rows <= rows, "rotation of the wrong shape")
    let heads = x.columns / headSize
    let half = headSize / 2
    parallelRanges(x.rows, atLeast: 16) { range in
      for row in range {
        let cosine = unsafe cosines.row(row)
        let sine = unsafe sines.row(row)
        for head in 0..<heads {
          let low = unsafe x.row(row) + head * headSize
          let high = unsafe low + half
          var i = 0
          while i + 8 <= half {
            let c = unsafe load(cosine, i)
            let s = unsafe backwards ? -load(sine, i) : load(sine, i)
            let a = unsafe load(low, i)
            let b = unsafe load(high, i)
            unsafe store(a * c - b * s, low, i)
            unsafe store(b * c + a * s, high, i)
            i += 8
          }
          while i < half {
            let c = unsafe cosine[i]
            let s = unsafe backwards ? -sine[i] : sine[i]
            let a = unsafe low[i]
            let b = unsafe high[i]
            unsafe low[i] = a * c - b * s
            unsafe high[i] = b * c + a * s
            i += 1
          }
        }
      }
    }
  }
}
