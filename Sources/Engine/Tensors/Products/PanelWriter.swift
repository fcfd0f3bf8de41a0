/// Puts the rows of a file's blocks into one panel; see `PanelCodec` for the layouts.
@safe struct PanelWriter {
  /// K.
  let columns: Int
  /// The panel's rows, at most sixteen.
  let live: Int
  let target: UnsafeMutableRawPointer

  func write(_ source: UnsafeRawPointer, _ format: BlockFormat) {
    switch format {
    case .f32: unsafe writeFloats(source)
    case .f16, .bf16: unsafe writeHalves(source)
    case .q8x0: unsafe writeBlocks(source, format, bytes: 544, eightBits)
    case .q5x0: unsafe writeBlocks(source, format, bytes: 544, fiveBits)
    case .q5x1: unsafe writeBlocks(source, format, bytes: 576, fiveBitsMinimum)
    case .q4x0: unsafe writeBlocks(source, format, bytes: 288, fourBits)
    case .q4x1: unsafe writeBlocks(source, format, bytes: 320, fourBitsMinimum)
    }
  }

  private func writeFloats(_ source: UnsafeRawPointer) {
    let target = unsafe self.target.assumingMemoryBound(to: UInt32.self)
    for row in 0..<live {
      let values = unsafe source + 4 * row * columns
      for k in 0..<columns {
        unsafe target[16 &* k &+ row] = unsafe values.loadUnaligned(
          fromByteOffset: 4 &* k,
          as: UInt32.self
        )
      }
    }
  }

  private func writeHalves(_ source: UnsafeRawPointer) {
    let target = unsafe self.target.assumingMemoryBound(to: UInt16.self)
    for row in 0..<live {
      let values = unsafe source + 2 * row * columns
      for k in 0..<columns {
        unsafe target[16 &* k &+ row] = unsafe values.loadUnaligned(
          fromByteOffset: 2 &* k,
          as: UInt16.self
        )
      }
    }
  }

  /// Calls `put` for every block of every row with the panel's block of `bytes`, from the row's place in it.
  @inline(__always)
  private func writeBlocks(
    _ source: UnsafeRawPointer,
    _ format: BlockFormat,
    bytes: Int,
    _ put: (_ block: UnsafeRawPointer, _ row: Int, _ target: UnsafeMutableRawPointer) -> Void
  ) {
    let blocks = columns / 32
    let step = format.bytesPerBlock
    for block in 0..<blocks {
      for row in 0..<live {
        unsafe put(source + (row &* blocks &+ block) &* step, row, target + block &* bytes)
      }
    }
  }

  /// Copies the 16-bit number at `offset` of a block to the row's place in a header.
  @inline(__always)
  private func scale(
    _ block: UnsafeRawPointer,
    _ offset: Int,
    _ row: Int,
    _ target: UnsafeMutableRawPointer
  ) {
    let bits = unsafe block.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
    unsafe (target + 16 &* offset + 2 &* row).storeBytes(of: bits, as: UInt16.self)
  }

  private func eightBits(
    _ block: UnsafeRawPointer,
    _ row: Int,
    _ target: UnsafeMutableRawPointer
  ) {
    unsafe scale(block, 0, row, target)
    let codes = unsafe (target + 32 + row).assumingMemoryBound(to: UInt8.self)
    let bytes = unsafe (block + 2).assumingMemoryBound(to: UInt8.self)
    for k in 0..<32 { unsafe codes[16 &* k] = unsafe bytes[k] }
  }

  private func fiveBits(_ block: UnsafeRawPointer, _ row: Int, _ target: UnsafeMutableRawPointer) {
    unsafe scale(block, 0, row, target)
    unsafe fiveBitCodes(block + 2, target + 32 + row, offset: 16)
  }

  private func fiveBitsMinimum(
    _ block: UnsafeRawPointer,
    _ row: Int,
    _ target: UnsafeMutableRawPointer
  ) {
    unsafe scale(block, 0, row, target)
    unsafe scale(block, 2, row, target)
    unsafe fiveBitCodes(block + 4, target + 64 + row, offset: 0)
  }

  /// 32 fifth bits, then 16 bytes whose low nibbles are values 0...15 and whose high ones are 16...31.
  @inline(__always)
  private func fiveBitCodes(
    _ numbers: UnsafeRawPointer,
    _ target: UnsafeMutableRawPointer,
    offset: UInt8
  ) {
    let high = unsafe numbers.loadUnaligned(as: UInt32.self)
    let pairs = unsafe (numbers + 4).assumingMemoryBound(to: UInt8.self)
    let codes = unsafe target.assumingMemoryBound(to: UInt8.self)
    for k in 0..<16 {
      let (low, top) = (high >> UInt32(k) & 1, high >> UInt32(k + 16) & 1)
      unsafe codes[16 &* k] = unsafe pairs[k] & 15 | UInt8(low) << 4
      unsafe codes[16 &* (k &+ 16)] = unsafe pairs[k] >> 4 | UInt8(top) << 4
      unsafe codes[16 &* k] &-= offset
      unsafe codes[16 &* (k &+ 16)] &-= offset
    }
  }

  private func fourBits(_ block: UnsafeRawPointer, _ row: Int, _ target: UnsafeMutableRawPointer) {
    unsafe scale(block, 0, row, target)
    unsafe words(block + 2, target + 32 + 4 &* row)
  }

  private func fourBitsMinimum(
    _ block: UnsafeRawPointer,
    _ row: Int,
    _ target: UnsafeMutableRawPointer
  ) {
    unsafe scale(block, 0, row, target)
    unsafe scale(block, 2, row, target)
    unsafe words(block + 4, target + 64 + 4 &* row)
  }

  /// The low nibbles of 16 bytes, then their high nibbles, eight to a word.
  @inline(__always)
  private func words(_ pairs: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
    let low = unsafe pairs.loadUnaligned(as: UInt64.self)
    let high = unsafe pairs.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    unsafe target.storeBytes(of: lowNibbles(low), as: UInt32.self)
    unsafe target.storeBytes(of: lowNibbles(high), toByteOffset: 64, as: UInt32.self)
    unsafe target.storeBytes(of: lowNibbles(low >> 4), toByteOffset: 128, as: UInt32.self)
    unsafe target.storeBytes(of: lowNibbles(high >> 4), toByteOffset: 192, as: UInt32.self)
  }

  /// The low nibbles of eight bytes, moved together.
  @inline(__always)
  private func lowNibbles(_ bytes: UInt64) -> UInt32 {
    var x = bytes & 0x0F0F_0F0F_0F0F_0F0F
    x = (x | x >> 4) & 0x00FF_00FF_00FF_00FF
    x = (x | x >> 8) & 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: x | x >> 16)
  }
}

extension PanelStore {
  /// Decodes one row of the weight into `target`: an embedding lookup.
  func copyRow(_ row: Int, to target: UnsafeMutablePointer<Float>) {
    switch format {
    case .f32: unsafe copyRow(FloatCodec.self, row, to: target)
    case .f16: unsafe copyRow(HalfCodec.self, row, to: target)
    case .bf16: unsafe copyRow(BrainCodec.self, row, to: target)
    case .byte: unsafe copyRow(ByteCodec.self, row, to: target)
    case .byteMinimum: unsafe copyRow(ByteMinimumCodec.self, row, to: target)
    case .nibble: unsafe copyRow(NibbleCodec.self, row, to: target)
    case .nibbleMinimum: unsafe copyRow(NibbleMinimumCodec.self, row, to: target)
    }
  }

  @inline(__always)
  private func copyRow<Codec: PanelCodec>(
    _: Codec.Type,
    _ row: Int,
    to target: UnsafeMutablePointer<Float>
  ) {
    var block = unsafe panel(row / Self.width)
    let (half, lane) = (row % Self.width).quotientAndRemainder(dividingBy: 8)
    var k = 0
    while k < columns {
      let scales = unsafe Codec.scales(block, half)
      var group = unsafe block + Codec.headerBytes
      for _ in 0..<Codec.groups {
        var codes = unsafe Codec.codes(group, half)
        for j in stride(from: 0, to: min(8, columns - k), by: 2) {
          let (even, odd) = Codec.pair(codes, scales)
          unsafe target[k &+ j] = even[lane]
          if k &+ j &+ 1 < columns { unsafe target[k &+ j &+ 1] = odd[lane] }
          Codec.advance(&codes)
        }
        k += 8
        unsafe group += Codec.groupBytes
      }
      unsafe block += Codec.blockBytes
    }
  }
}
