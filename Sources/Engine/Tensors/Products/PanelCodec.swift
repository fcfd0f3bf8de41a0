/// How a panel lies in memory: sixteen columns of a product's constant factor, k after k.
///
/// A panel is a run of blocks. A block has a header (the scales of its sixteen columns) and groups
/// of eight steps of k. A codec gives eight columns of one step as float32, exactly the value that
/// the stored numbers stand for: each product `d q` fits float32, only `d q + m` rounds, once.
protocol PanelCodec {
  /// What eight columns need to decode one block.
  associatedtype Scales
  /// Groups of eight steps in a block.
  static var groups: Int { get }
  static var headerBytes: Int { get }
  static var groupBytes: Int { get }

  /// The scales of columns 0...7 (`half` 0) or 8...15 (`half` 1) of a block.
  static func scales(_ block: UnsafeRawPointer, _ half: Int) -> Scales

  /// Eight columns of one step, 0...7, of a group.
  static func lanes(
    _ group: UnsafeRawPointer,
    _ half: Int,
    _ step: Int,
    _ scales: Scales
  ) -> Lanes
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

@inline(__always)
private func halves(_ pointer: UnsafeRawPointer) -> Lanes {
  unsafe Lanes(pointer.loadUnaligned(as: SIMD8<Float16>.self))
}

/// `[8 steps][16]` float32.
enum FloatCodec: PanelCodec {
  static var groups: Int { 1 }
  static var headerBytes: Int { 0 }
  static var groupBytes: Int { 512 }

  @inline(__always)
  static func scales(_ block: UnsafeRawPointer, _ half: Int) {}

  @inline(__always)
  static func lanes(_ group: UnsafeRawPointer, _ half: Int, _ step: Int, _: Void) -> Lanes {
    unsafe (group + 64 &* step + 32 &* half).loadUnaligned(as: Lanes.self)
  }
}

/// `[8 steps][16]` IEEE halves.
enum HalfCodec: PanelCodec {
  static var groups: Int { 1 }
  static var headerBytes: Int { 0 }
  static var groupBytes: Int { 256 }

  @inline(__always)
  static func scales(_ block: UnsafeRawPointer, _ half: Int) {}

  @inline(__always)
  static func lanes(_ group: UnsafeRawPointer, _ half: Int, _ step: Int, _: Void) -> Lanes {
    unsafe halves(group + 32 &* step + 16 &* half)
  }
}

/// `[8 steps][16]` upper halves of float32.
enum BrainCodec: PanelCodec {
  static var groups: Int { 1 }
  static var headerBytes: Int { 0 }
  static var groupBytes: Int { 256 }

  @inline(__always)
  static func scales(_ block: UnsafeRawPointer, _ half: Int) {}

  @inline(__always)
  static func lanes(_ group: UnsafeRawPointer, _ half: Int, _ step: Int, _: Void) -> Lanes {
    let place = unsafe group + 32 &* step + 16 &* half
    let bits = unsafe SIMD8<UInt32>(truncatingIfNeeded: place.loadUnaligned(as: SIMD8<UInt16>.self))
    return unsafe unsafeBitCast(bits &<< 16, to: Lanes.self)
  }
}

/// 16 d (halves), then `[32 steps][16]` signed bytes.
enum ByteCodec: PanelCodec {
  static var groups: Int { 4 }
  static var headerBytes: Int { 32 }
  static var groupBytes: Int { 128 }

  @inline(__always)
  static func scales(_ block: UnsafeRawPointer, _ half: Int) -> Lanes { unsafe halves(block + 16 &* half) }

  @inline(__always)
  static func codes(_ group: UnsafeRawPointer, _ half: Int, _ step: Int) -> Lanes {
    let place = unsafe group + 16 &* step + 8 &* half
    return unsafe Lanes(SIMD8<Int32>(truncatingIfNeeded: place.loadUnaligned(as: SIMD8<Int8>.self)))
  }

  @inline(__always)
  static func lanes(_ group: UnsafeRawPointer, _ half: Int, _ step: Int, _ d: Lanes) -> Lanes {
    unsafe codes(group, half, step) * d
  }
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
  static func lanes(
    _ group: UnsafeRawPointer,
    _ half: Int,
    _ step: Int,
    _ scales: (d: Lanes, m: Lanes)
  ) -> Lanes {
    unsafe scales.m.addingProduct(ByteCodec.codes(group, half, step), scales.d)
  }
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

  /// q at even steps, 16 q at odd ones.
  @inline(__always)
  static func codes(_ group: UnsafeRawPointer, _ half: Int, _ step: Int) -> Lanes {
    let word = unsafe (group + 32 &* half).loadUnaligned(as: SIMD8<Int32>.self)
    let shift = SIMD8<Int32>(repeating: Int32(truncatingIfNeeded: 8 &* (step &>> 1)))
    return Lanes((word &>> shift) & SIMD8<Int32>(repeating: step & 1 == 0 ? 15 : 240))
  }

  @inline(__always)
  static func lanes(
    _ group: UnsafeRawPointer,
    _ half: Int,
    _ step: Int,
    _ scales: (d: Lanes, small: Lanes)
  ) -> Lanes {
    let q = unsafe codes(group, half, step)
    return step & 1 == 0
      ? (q - Lanes(repeating: 8)) * scales.d : (q - Lanes(repeating: 128)) * scales.small
  }
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
  static func lanes(
    _ group: UnsafeRawPointer,
    _ half: Int,
    _ step: Int,
    _ scales: (d: Lanes, small: Lanes, m: Lanes)
  ) -> Lanes {
    let q = unsafe NibbleCodec.codes(group, half, step)
    return scales.m.addingProduct(q, step & 1 == 0 ? scales.d : scales.small)
  }
}
