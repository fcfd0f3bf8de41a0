/// How a panel lies in memory: sixteen columns of a product's constant factor, k after k.
///
/// A panel is a run of blocks. A block has a header (the scales of its sixteen columns) and groups
/// of eight steps of k. A codec gives eight columns of a step as float32, exactly the value that
/// the stored numbers stand for: each product `d q` fits float32, only `d q + m` rounds, once.
protocol PanelCodec {
  /// What eight columns need to decode one block.
  associatedtype Scales
  /// Where eight columns stand in a group: what is left of its numbers.
  associatedtype Codes
  /// Groups of eight steps in a block.
  static var groups: Int { get }
  static var headerBytes: Int { get }
  static var groupBytes: Int { get }

  /// The scales of columns 0...7 (`half` 0) or 8...15 (`half` 1) of a block.
  static func scales(_ block: UnsafeRawPointer, _ half: Int) -> Scales

  /// The numbers of eight columns of a group, from its first step on.
  static func codes(_ group: UnsafeRawPointer, _ half: Int) -> Codes

  /// Eight columns of the two steps that come next.
  ///
  /// Kernels take a group in a loop of four pairs: written out as eight steps, the compiler keeps too much
  /// of it in flight and spills registers.
  static func pair(_ codes: Codes, _ scales: Scales) -> (Lanes, Lanes)

  /// Goes on by two steps.
  static func advance(_ codes: inout Codes)
}

extension PanelCodec {
  static var blockBytes: Int { headerBytes &+ groups &* groupBytes }
  static var blockSteps: Int { 8 &* groups }
}

/// The layouts of panels.
enum PanelFormat: Sendable {
  case f32
  case f16
  case bf16
  /// d (half), signed bytes: `d q`.
  case byte
  /// d, m (halves), signed bytes: `d q + m`.
  case byteMinimum
  /// d (half), nibbles: `d (q - 8)`.
  case nibble
  /// d, m (halves), nibbles: `d q + m`.
  case nibbleMinimum

  var codec: any PanelCodec.Type {
    switch self {
    case .f32: FloatCodec.self
    case .f16: HalfCodec.self
    case .bf16: BrainCodec.self
    case .byte: ByteCodec.self
    case .byteMinimum: ByteMinimumCodec.self
    case .nibble: NibbleCodec.self
    case .nibbleMinimum: NibbleMinimumCodec.self
    }
  }
}

// The library's conversions of whole vectors are sometimes called instead of inlined; written out lane by
// lane they always become one instruction.

@inline(__always)
private func halves(_ pointer: UnsafeRawPointer) -> Lanes {
  let v = unsafe pointer.loadUnaligned(as: SIMD8<Float16>.self)
  return Lanes(
    Float(v[0]),
    Float(v[1]),
    Float(v[2]),
    Float(v[3]),
    Float(v[4]),
    Float(v[5]),
    Float(v[6]),
    Float(v[7])
  )
}

@inline(__always)
private func floats(_ v: SIMD8<Int32>) -> Lanes {
  Lanes(
    Float(v[0]),
    Float(v[1]),
    Float(v[2]),
    Float(v[3]),
    Float(v[4]),
    Float(v[5]),
    Float(v[6]),
    Float(v[7])
  )
}

@inline(__always)
private func widened(_ v: SIMD8<Int8>) -> SIMD8<Int32> {
  SIMD8<Int32>(
    Int32(v[0]),
    Int32(v[1]),
    Int32(v[2]),
    Int32(v[3]),
    Int32(v[4]),
    Int32(v[5]),
    Int32(v[6]),
    Int32(v[7])
  )
}

@inline(__always)
private func widened(_ v: SIMD8<UInt16>) -> SIMD8<UInt32> {
  SIMD8<UInt32>(
    UInt32(v[0]),
    UInt32(v[1]),
    UInt32(v[2]),
    UInt32(v[3]),
    UInt32(v[4]),
    UInt32(v[5]),
    UInt32(v[6]),
    UInt32(v[7])
  )
}

/// Where the next step of eight columns stands.
@safe struct GroupPlace {
  var pointer: UnsafeRawPointer
}

/// `[8 steps][16]` float32.
enum FloatCodec: PanelCodec {
  static var groups: Int { 1 }
  static var headerBytes: Int { 0 }
  static var groupBytes: Int { 512 }

  @inline(__always)
  static func scales(_ block: UnsafeRawPointer, _ half: Int) {}

  @inline(__always)
  static func codes(_ group: UnsafeRawPointer, _ half: Int) -> GroupPlace {
    unsafe GroupPlace(pointer: group + 32 &* half)
  }

  @inline(__always)
  static func pair(_ codes: GroupPlace, _: Void) -> (Lanes, Lanes) {
    unsafe (
      codes.pointer.loadUnaligned(as: Lanes.self),
      (codes.pointer + 64).loadUnaligned(as: Lanes.self)
    )
  }

  @inline(__always)
  static func advance(_ codes: inout GroupPlace) { unsafe codes.pointer += 128 }
}

/// `[8 steps][16]` IEEE halves.
enum HalfCodec: PanelCodec {
  static var groups: Int { 1 }
  static var headerBytes: Int { 0 }
  static var groupBytes: Int { 256 }

  @inline(__always)
  static func scales(_ block: UnsafeRawPointer, _ half: Int) {}

  @inline(__always)
  static func codes(_ group: UnsafeRawPointer, _ half: Int) -> GroupPlace {
    unsafe GroupPlace(pointer: group + 16 &* half)
  }

  @inline(__always)
  static func pair(_ codes: GroupPlace, _: Void) -> (Lanes, Lanes) {
    unsafe (halves(codes.pointer), halves(codes.pointer + 32))
  }

  @inline(__always)
  static func advance(_ codes: inout GroupPlace) { unsafe codes.pointer += 64 }
}

/// `[8 steps][16]` upper halves of float32.
enum BrainCodec: PanelCodec {
  static var groups: Int { 1 }
  static var headerBytes: Int { 0 }
  static var groupBytes: Int { 256 }

  @inline(__always)
  static func scales(_ block: UnsafeRawPointer, _ half: Int) {}

  @inline(__always)
  static func codes(_ group: UnsafeRawPointer, _ half: Int) -> GroupPlace {
    unsafe GroupPlace(pointer: group + 16 &* half)
  }

  @inline(__always)
  static func pair(_ codes: GroupPlace, _: Void) -> (Lanes, Lanes) {
    unsafe (lanes(codes.pointer), lanes(codes.pointer + 32))
  }

  @inline(__always)
  private static func lanes(_ place: UnsafeRawPointer) -> Lanes {
    let bits = unsafe widened(place.loadUnaligned(as: SIMD8<UInt16>.self))
    return unsafe unsafeBitCast(bits &<< 16, to: Lanes.self)
  }

  @inline(__always)
  static func advance(_ codes: inout GroupPlace) { unsafe codes.pointer += 64 }
}

/// 16 d (halves), then `[32 steps][16]` signed bytes.
enum ByteCodec: PanelCodec {
  static var groups: Int { 4 }
  static var headerBytes: Int { 32 }
  static var groupBytes: Int { 128 }

  @inline(__always)
  static func scales(_ block: UnsafeRawPointer, _ half: Int) -> Lanes {
    unsafe halves(block + 16 &* half)
  }

  @inline(__always)
  static func codes(_ group: UnsafeRawPointer, _ half: Int) -> GroupPlace {
    unsafe GroupPlace(pointer: group + 8 &* half)
  }

  /// Eight q.
  @inline(__always)
  static func numbers(_ place: UnsafeRawPointer) -> Lanes {
    unsafe floats(widened(place.loadUnaligned(as: SIMD8<Int8>.self)))
  }

  @inline(__always)
  static func pair(_ codes: GroupPlace, _ d: Lanes) -> (Lanes, Lanes) {
    unsafe (numbers(codes.pointer) * d, numbers(codes.pointer + 16) * d)
  }

  @inline(__always)
  static func advance(_ codes: inout GroupPlace) { unsafe codes.pointer += 32 }
}

/// 16 d and 16 m (halves), then `[32 steps][16]` signed bytes.
enum ByteMinimumCodec: PanelCodec {
  static var groups: Int { 4 }
  static var headerBytes: Int { 64 }
  static var groupBytes: Int { 128 }

  @inline(__always)
  static func scales(_ block: UnsafeRawPointer, _ half: Int) -> (d: Lanes, m: Lanes) {
    unsafe (halves(block + 16 &* half), halves(block + 16 &* half + 32))
  }

  @inline(__always)
  static func codes(_ group: UnsafeRawPointer, _ half: Int) -> GroupPlace {
    unsafe GroupPlace(pointer: group + 8 &* half)
  }

  @inline(__always)
  static func pair(_ codes: GroupPlace, _ scales: (d: Lanes, m: Lanes)) -> (Lanes, Lanes) {
    unsafe (
      scales.m.addingProduct(ByteCodec.numbers(codes.pointer), scales.d),
      scales.m.addingProduct(ByteCodec.numbers(codes.pointer + 16), scales.d)
    )
  }

  @inline(__always)
  static func advance(_ codes: inout GroupPlace) { unsafe codes.pointer += 32 }
}

/// 16 d (halves), then `[4 groups][16]` words; nibble j of a word is step j.
///
/// Odd steps are taken in place, sixteen times too large, and multiplied by d / 16: one shift less, and exact.
enum NibbleCodec: PanelCodec {
  static var groups: Int { 4 }
  static var headerBytes: Int { 32 }
  static var groupBytes: Int { 64 }

  @inline(__always)
  static func scales(_ block: UnsafeRawPointer, _ half: Int) -> (d: Lanes, small: Lanes) {
    let d = unsafe halves(block + 16 &* half)
    return (d, d * 0.0625)
  }

  @inline(__always)
  static func codes(_ group: UnsafeRawPointer, _ half: Int) -> SIMD8<Int32> {
    unsafe (group + 32 &* half).loadUnaligned(as: SIMD8<Int32>.self)
  }

  /// q of the even step, 16 q of the odd one.
  @inline(__always)
  static func numbers(_ codes: SIMD8<Int32>) -> (Lanes, Lanes) {
    (floats(codes & 15), floats(codes & 240))
  }

  @inline(__always)
  static func pair(
    _ codes: SIMD8<Int32>,
    _ scales: (d: Lanes, small: Lanes)
  ) -> (Lanes, Lanes) {
    let (q, r) = numbers(codes)
    return ((q - 8) * scales.d, (r - 128) * scales.small)
  }

  @inline(__always)
  static func advance(_ codes: inout SIMD8<Int32>) { codes = codes &>> 8 }
}

/// 16 d and 16 m (halves), then words as in `NibbleCodec`.
enum NibbleMinimumCodec: PanelCodec {
  static var groups: Int { 4 }
  static var headerBytes: Int { 64 }
  static var groupBytes: Int { 64 }

  @inline(__always)
  static func scales(
    _ block: UnsafeRawPointer,
    _ half: Int
  ) -> (d: Lanes, small: Lanes, m: Lanes) {
    let d = unsafe halves(block + 16 &* half)
    return unsafe (d, d * 0.0625, halves(block + 16 &* half + 32))
  }

  @inline(__always)
  static func codes(_ group: UnsafeRawPointer, _ half: Int) -> SIMD8<Int32> {
    unsafe (group + 32 &* half).loadUnaligned(as: SIMD8<Int32>.self)
  }

  @inline(__always)
  static func pair(
    _ codes: SIMD8<Int32>,
    _ scales: (d: Lanes, small: Lanes, m: Lanes)
  ) -> (Lanes, Lanes) {
    let (q, r) = NibbleCodec.numbers(codes)
    return (scales.m.addingProduct(q, scales.d), scales.m.addingProduct(r, scales.small))
  }

  @inline(__always)
  static func advance(_ codes: inout SIMD8<Int32>) { codes = codes &>> 8 }
}
