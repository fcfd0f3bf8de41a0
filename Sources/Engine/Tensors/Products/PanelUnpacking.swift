// Panels decoded to float32, sixteen columns a step, for products of many rows.

/// Steps `steps` of a panel, a whole number of groups from a block's start, as `[k][16]`.
private func unpack<Codec: PanelCodec>(
  _: Codec.Type,
  _ panel: UnsafeRawPointer,
  steps: Range<Int>,
  into target: UnsafeMutablePointer<Float>
) {
  var block = unsafe panel + steps.lowerBound / Codec.blockSteps &* Codec.blockBytes
  var line = unsafe target
  var left = steps.count
  while left > 0 {
    let s0 = unsafe Codec.scales(block, 0)
    let s1 = unsafe Codec.scales(block, 1)
    var group = unsafe block + Codec.headerBytes
    for _ in 0..<Codec.groups {
      @inline(__always) func put(_ j: Int) {
        unsafe store(Codec.lanes(group, 0, j, s0), line, 16 &* j)
        unsafe store(Codec.lanes(group, 1, j, s1), line, 16 &* j &+ 8)
      }
      // Written out, so that a nibble's shift and mask are constants.
      put(0)
      put(1)
      put(2)
      put(3)
      put(4)
      put(5)
      put(6)
      put(7)
      unsafe line += 128
      unsafe group += Codec.groupBytes
    }
    left &-= Codec.blockSteps
    unsafe block += Codec.blockBytes
  }
}

/// Sixteen steps from `step` on of neighbouring panels, turned: `[column][16]`.
///
/// `hasSecond` is false when the panels end after the first eight of them; the rest becomes zero.
private func unpackTurned<Codec: PanelCodec>(
  _: Codec.Type,
  _ panel: UnsafeRawPointer,
  _ panelBytes: Int,
  panels: Int,
  step: Int,
  hasSecond: Bool,
  into target: UnsafeMutablePointer<Float>
) {
  let (block, place) = step.quotientAndRemainder(dividingBy: Codec.blockSteps)
  // The second eight steps stand in the same block, or open the next where blocks have eight.
  let toBlock = block &* Codec.blockBytes
  let toGroup = Codec.headerBytes &+ place / 8 &* Codec.groupBytes
  for index in 0..<panels {
    let start = unsafe panel + (index &* panelBytes &+ toBlock)
    for half in 0..<2 {
      let line = unsafe target + (256 &* index &+ 128 &* half)
      let scales = unsafe Codec.scales(start, half)
      let group = unsafe start + toGroup
      var first = LaneBlock { unsafe Codec.lanes(group, half, $0, scales) }
      first.transpose()
      unsafe first.store(line, row: 16)
      guard hasSecond else {
        for r in 0..<8 { unsafe store(Lanes(repeating: 0), line, 16 &* r &+ 8) }
        continue
      }
      var second = LaneBlock { unsafe Codec.lanes(group + Codec.groupBytes, half, $0, scales) }
      second.transpose()
      unsafe second.store(line + 8, row: 16)
    }
  }
}

extension PanelStore {
  /// Decodes steps `steps` of a panel to `[k][16]`; the range starts at a block.
  func unpack(_ panel: Int, steps: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    let start = unsafe self.panel(panel)
    switch format {
    case .f32: unsafe Tensors.unpack(FloatCodec.self, start, steps: steps, into: target)
    case .f16: unsafe Tensors.unpack(HalfCodec.self, start, steps: steps, into: target)
    case .bf16: unsafe Tensors.unpack(BrainCodec.self, start, steps: steps, into: target)
    case .byte: unsafe Tensors.unpack(ByteCodec.self, start, steps: steps, into: target)
    case .byteMinimum: unsafe Tensors.unpack(ByteMinimumCodec.self, start, steps: steps, into: target)
    case .nibble: unsafe Tensors.unpack(NibbleCodec.self, start, steps: steps, into: target)
    case .nibbleMinimum:
      unsafe Tensors.unpack(NibbleMinimumCodec.self, start, steps: steps, into: target)
    }
  }

  /// Decodes sixteen steps from `step` on of some panels to `[row of the weight][16]`.
  func unpackTurned(_ panels: Range<Int>, step: Int, into target: UnsafeMutablePointer<Float>) {
    switch format {
    case .f32: unsafe turned(FloatCodec.self, panels, step, target)
    case .f16: unsafe turned(HalfCodec.self, panels, step, target)
    case .bf16: unsafe turned(BrainCodec.self, panels, step, target)
    case .byte: unsafe turned(ByteCodec.self, panels, step, target)
    case .byteMinimum: unsafe turned(ByteMinimumCodec.self, panels, step, target)
    case .nibble: unsafe turned(NibbleCodec.self, panels, step, target)
    case .nibbleMinimum: unsafe turned(NibbleMinimumCodec.self, panels, step, target)
    }
  }

  @inline(__always)
  private func turned<Codec: PanelCodec>(
    _ codec: Codec.Type,
    _ panels: Range<Int>,
    _ step: Int,
    _ target: UnsafeMutablePointer<Float>
  ) {
    unsafe Tensors.unpackTurned(
      codec,
      panel(panels.lowerBound),
      panelBytes,
      panels: panels.count,
      step: step,
      hasSecond: step + 8 < columns,
      into: target
    )
  }
}
