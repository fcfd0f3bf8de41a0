// Superblocks of 256 values. Each part of 16 or 32 values has its own small scale, which a half
// scales again: s = d * scale.

extension Dequantisation {
  /// 16 bytes of scale and minimum nibbles, 64 bytes of 2-bit values, d, dmin (halves).
  static func q2K(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for block in 0..<n {
      let scales = 84 * block
      let d = bytes.half(at: scales + 80)
      let minimum = bytes.half(at: scales + 82)
      for part in 0..<16 {
        let packed = bytes[scales + part]
        let s = d * Float(packed & 15)
        let m = minimum * Float(packed >> 4)
        let q = scales + 16 + 32 * (part / 8) + 16 * (part % 2)
        let shift = UInt8(part % 8 / 2 * 2)
        for i in 0..<16 {
          y[256 * block + 16 * part + i] = s * Float((bytes[q + i] >> shift) & 3) - m
        }
      }
    }
  }

  /// 32 bytes of third bits (clear means minus 4), 64 bytes of 2-bit values, 16 scales of 6 bits
  /// (minus 32) in 12 bytes, d (half).
  static func q3K(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for block in 0..<n {
      let high = 110 * block
      let d = bytes.half(at: high + 108)
      for part in 0..<16 {
        let s = d * Float(q3Scale(bytes, high + 96, part) - 32)
        let column = 16 * (part % 2)
        let q = high + 32 + 32 * (part / 8) + column
        let shift = UInt8(part % 8 / 2 * 2)
        let bit = UInt8(part / 2)
        for i in 0..<16 {
          let low = Int32((bytes[q + i] >> shift) & 3)
          let third = Int32((bytes[high + column + i] >> bit) & 1)
          y[256 * block + 16 * part + i] = s * Float(low - 4 * (1 - third))
        }
      }
    }
  }

  /// d, dmin (halves), 8 scales and minima of 6 bits in 12 bytes, 128 bytes of nibbles.
  static func q4K(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for block in 0..<n {
      let start = 144 * block
      let d = bytes.half(at: start)
      let minimum = bytes.half(at: start + 2)
      for part in 0..<8 {
        let (scale, least) = sixBits(bytes, start + 4, part)
        let s = d * Float(scale)
        let m = minimum * Float(least)
        let q = start + 16 + 32 * (part / 2)
        let shift = UInt8(part % 2 * 4)
        for i in 0..<32 {
          y[256 * block + 32 * part + i] = s * Float((bytes[q + i] >> shift) & 15) - m
        }
      }
    }
  }

  /// As Q4_K with 32 bytes of fifth bits before the nibbles.
  static func q5K(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for block in 0..<n {
      let start = 176 * block
      let d = bytes.half(at: start)
      let minimum = bytes.half(at: start + 2)
      for part in 0..<8 {
        let (scale, least) = sixBits(bytes, start + 4, part)
        let s = d * Float(scale)
        let m = minimum * Float(least)
        let q = start + 48 + 32 * (part / 2)
        let shift = UInt8(part % 2 * 4)
        for i in 0..<32 {
          let low = (bytes[q + i] >> shift) & 15
          let fifth = (bytes[start + 16 + i] >> UInt8(part)) & 1
          y[256 * block + 32 * part + i] = s * Float(low | fifth << 4) - m
        }
      }
    }
  }

  /// 128 bytes of nibbles, 64 bytes of upper pairs of bits, 16 signed scales, d (half):
  /// `d * scale * (q - 32)`.
  static func q6K(_ bytes: Span<UInt8>, _ n: Int, _ y: inout MutableSpan<Float>) {
    for block in 0..<n {
      let start = 210 * block
      let d = bytes.half(at: start + 208)
      for part in 0..<16 {
        let s = d * Float(Int8(bitPattern: bytes[start + 192 + part]))
        let (half, quarter, column) = (part / 8, part % 8 / 2, 16 * (part % 2))
        let low = start + 64 * half + 32 * (quarter % 2) + column
        let high = start + 128 + 32 * half + column
        let (shift, pair) = (UInt8(quarter / 2 * 4), UInt8(quarter * 2))
        for i in 0..<16 {
          let q = (bytes[low + i] >> shift) & 15 | ((bytes[high + i] >> pair) & 3) << 4
          y[256 * block + 16 * part + i] = s * Float(Int32(q) - 32)
        }
      }
    }
  }

  /// Scale `part` of Q3_K: four low bits in bytes 0…7, two high ones in bytes 8…11.
  private static func q3Scale(_ bytes: Span<UInt8>, _ start: Int, _ part: Int) -> Int32 {
    let low = (bytes[start + part % 8] >> UInt8(part / 8 * 4)) & 15
    let high = (bytes[start + 8 + part % 4] >> UInt8(part / 4 * 2)) & 3
    return Int32(low | high << 4)
  }

  /// Scale and minimum `part` of Q4_K and Q5_K, six bits each, packed in twelve bytes.
  private static func sixBits(_ bytes: Span<UInt8>, _ start: Int, _ part: Int) -> (UInt8, UInt8) {
    if part < 4 { return (bytes[start + part] & 63, bytes[start + part + 4] & 63) }
    let low = bytes[start + part + 4]
    let scale = (low & 15) | (bytes[start + part - 4] >> 6) << 4
    let least = (low >> 4) | (bytes[start + part] >> 6) << 4
    return (scale, least)
  }
}
