/// Conversions between float32 and bf16, the upper half of a float32.
public enum BrainFloat {
  /// The nearest bf16, ties to even, as its 16 bits.
  ///
  /// Not-a-number stays not-a-number. Free of branches, so that loops over it become vector code.
  @inline(__always)
  public static func bits(of value: Float) -> UInt16 {
    let bits = value.bitPattern
    let rounded = (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16
    let isNaN = bits & 0x7FFF_FFFF > 0x7F80_0000
    return UInt16(truncatingIfNeeded: isNaN ? bits >> 16 | 0x40 : rounded)
  }

  /// The float32 that these 16 bits stand for.
  @inline(__always)
  public static func value(of bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  /// `value` rounded to bf16 and widened again.
  public static func rounded(_ value: Float) -> Float { Self.value(of: bits(of: value)) }
}
