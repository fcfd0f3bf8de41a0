// The inverse of `Dequantisation` for the types that are written. Q8_0 follows the reference of ggml
// (`quantize_row_q8_0_ref`): d = max|x| / 127, q = round(x * (1 / d)) with halves away from zero,
// computed in float32; d is stored as a half.

/// Turns floats into whole blocks of one type.
enum Quantisation {
  /// The types that can be written.
  static let writableTypes: [ElementType] = [.float32, .float16, .q8x0]

  /// The blocks of `values`, whose count must be a multiple of the type's block.
  ///
  /// Nil if a value is not finite or too large for the type; float32 keeps every value.
  static func encode(_ type: ElementType, _ values: [Float]) -> [UInt8]? {
    precondition(writableTypes.contains(type), "a type that is not written")
    precondition(values.count.isMultiple(of: type.valuesPerBlock), "values do not fill blocks")
    let size = values.count / type.valuesPerBlock * type.bytesPerBlock
    let values = values.span
    switch type {
    case .float16: return float16(values, size)
    case .q8x0: return q8x0(values, size)
    default: return float32(values, size)
    }
  }

  private static func float32(_ x: Span<Float>, _ size: Int) -> [UInt8] {
    [UInt8](capacity: size) { output in
      for i in 0..<x.count {
        let bits = x[i].bitPattern
        append(UInt16(truncatingIfNeeded: bits), to: &output)
        append(UInt16(truncatingIfNeeded: bits >> 16), to: &output)
      }
    }
  }

  private static func float16(_ x: Span<Float>, _ size: Int) -> [UInt8]? {
    var isFinite = true
    let bytes = [UInt8](capacity: size) { output in
      for i in 0..<x.count {
        let half = Float16(x[i])
        isFinite = isFinite && half.isFinite
        append(half.bitPattern, to: &output)
      }
    }
    return isFinite ? bytes : nil
  }

  private static func q8x0(_ x: Span<Float>, _ size: Int) -> [UInt8]? {
    var isFinite = true
    let bytes = [UInt8](capacity: size) { output in
      for start in stride(from: 0, to: x.count, by: 32) {
        var largest: Float = 0
        for i in start..<start + 32 {
          // A NaN would vanish in a maximum.
          if !x[i].isFinite { isFinite = false }
          largest = max(largest, abs(x[i]))
        }
        let d = largest / 127
        let half = Float16(d)
        isFinite = isFinite && half.isFinite
        append(half.bitPattern, to: &output)
        let inverse = d == 0 ? 0 : 1 / d
        for i in start..<start + 32 {
          let q = isFinite ? (x[i] * inverse).rounded(.toNearestOrAwayFromZero) : 0
          output.append(UInt8(bitPattern: Int8(clamping: Int32(q.isFinite ? q : 0))))
        }
      }
    }
    return isFinite ? bytes : nil
  }

  @inline(__always)
  private static func append(_ number: UInt16, to output: inout OutputSpan<UInt8>) {
    output.append(UInt8(truncatingIfNeeded: number))
    output.append(UInt8(truncatingIfNeeded: number >> 8))
  }
}
