// Blocks of stored numbers become float32. Every product fits float32 exactly; only the last
// addition rounds, so the values are bit-equal with and without fused multiply-add. A scale below
// zero times a zero is -0, as in the reference (gguf-py's quants.py).
//
// d: scale of a block, m: its minimum, q: a small unsigned number.

/// Turns whole blocks of one type into floats.
enum Dequantisation {
  /// Reads the values of `blocks` into `values`.
  ///
  /// `blocks` holds whole blocks, and `values` has room for exactly their values.
  static func decode(
    _ type: ElementType,
    _ blocks: Span<UInt8>,
    into values: inout MutableSpan<Float>
  ) {
    let count = values.count / type.valuesPerBlock
    precondition(
      values.count == count * type.valuesPerBlock && blocks.count == count * type.bytesPerBlock,
      "blocks and values do not match"
    )
    switch type {
    case .float32: float32(blocks, count, &values)
    case .float16: float16(blocks, count, &values)
    case .bfloat16: bfloat16(blocks, count, &values)
    case .q8x0: q8x0(blocks, count, &values)
    case .q4x0: q4x0(blocks, count, &values)
    case .q4x1: q4x1(blocks, count, &values)
    case .q5x0: q5x0(blocks, count, &values)
    case .q5x1: q5x1(blocks, count, &values)
    case .q2K: q2K(blocks, count, &values)
    case .q3K: q3K(blocks, count, &values)
    case .q4K: q4K(blocks, count, &values)
    case .q5K: q5K(blocks, count, &values)
    case .q6K: q6K(blocks, count, &values)
    }
  }

  private static func float32(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for i in 0..<n { y[i] = Float(bitPattern: bytes.uint32(at: 4 * i)) }
  }

  private static func float16(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for i in 0..<n { y[i] = bytes.half(at: 2 * i) }
  }

  private static func bfloat16(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for i in 0..<n { y[i] = Float(bitPattern: UInt32(bytes.uint16(at: 2 * i)) << 16) }
  }

  /// d (half), 32 signed bytes: `d * q`.
  private static func q8x0(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for block in 0..<n {
      let d = bytes.half(at: 34 * block)
      let q = 34 * block + 2
      for i in 0..<32 { y[32 * block + i] = d * Float(Int8(bitPattern: bytes[q + i])) }
    }
  }

  /// d (half), 16 bytes: low nibbles are values 0…15, high ones 16…31: `d * (q - 8)`.
  private static func q4x0(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for block in 0..<n {
      let d = bytes.half(at: 18 * block)
      let q = 18 * block + 2
      for i in 0..<16 {
        let pair = Int32(bytes[q + i])
        y[32 * block + i] = d * Float((pair & 15) - 8)
        y[32 * block + i + 16] = d * Float((pair >> 4) - 8)
      }
    }
  }

  /// d, m (halves), 16 bytes of nibbles as in Q4_0: `d * q + m`.
  private static func q4x1(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for block in 0..<n {
      let d = bytes.half(at: 20 * block)
      let m = bytes.half(at: 20 * block + 2)
      let q = 20 * block + 4
      for i in 0..<16 {
        let pair = Int32(bytes[q + i])
        y[32 * block + i] = d * Float(pair & 15) + m
        y[32 * block + i + 16] = d * Float(pair >> 4) + m
      }
    }
  }

  /// d (half), 32 fifth bits, 16 bytes of nibbles: `d * (q - 16)`.
  private static func q5x0(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for block in 0..<n {
      let d = bytes.half(at: 22 * block)
      let high = bytes.uint32(at: 22 * block + 2)
      let q = 22 * block + 6
      for i in 0..<16 {
        let (low, top) = fiveBits(bytes[q + i], high, i)
        y[32 * block + i] = d * Float(low - 16)
        y[32 * block + i + 16] = d * Float(top - 16)
      }
    }
  }

  /// d, m (halves), 32 fifth bits, 16 bytes of nibbles: `d * q + m`.
  private static func q5x1(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for block in 0..<n {
      let d = bytes.half(at: 24 * block)
      let m = bytes.half(at: 24 * block + 2)
      let high = bytes.uint32(at: 24 * block + 4)
      let q = 24 * block + 8
      for i in 0..<16 {
        let (low, top) = fiveBits(bytes[q + i], high, i)
        y[32 * block + i] = d * Float(low) + m
        y[32 * block + i + 16] = d * Float(top) + m
      }
    }
  }

  /// Values `i` and `i + 16` of a block: a nibble each, and their fifth bits from `high`.
  @inline(__always)
  private static func fiveBits(_ pair: UInt8, _ high: UInt32, _ i: Int) -> (Int32, Int32) {
    let low = UInt32(pair & 15) | ((high >> UInt32(i)) & 1) << 4
    let top = UInt32(pair >> 4) | ((high >> UInt32(i + 16)) & 1) << 4
    return (Int32(bitPattern: low), Int32(bitPattern: top))
  }
}
