// The only loads wider than a byte. Each checks its bounds once.

extension Span where Element == UInt8 {
  /// The 16-bit number that starts at `offset`.
  @inline(__always)
  func uint16(at offset: Int) -> UInt16 { UInt16(littleEndian: load(at: offset)) }

  /// The 32-bit number that starts at `offset`.
  @inline(__always)
  func uint32(at offset: Int) -> UInt32 { UInt32(littleEndian: load(at: offset)) }

  /// The 64-bit number that starts at `offset`.
  @inline(__always)
  func uint64(at offset: Int) -> UInt64 { UInt64(littleEndian: load(at: offset)) }

  /// The IEEE half at `offset`, widened (exact).
  @inline(__always)
  func half(at offset: Int) -> Float { Float(Float16(bitPattern: uint16(at: offset))) }

  @inline(__always)
  private func load<Number: BitwiseCopyable>(at offset: Int) -> Number {
    precondition(offset >= 0 && offset <= count - MemoryLayout<Number>.size, "a load out of bounds")
    return unsafe withUnsafeBytes { bytes in
      unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
    }
  }
}
