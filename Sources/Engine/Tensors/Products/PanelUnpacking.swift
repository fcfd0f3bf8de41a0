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
      var q0 = unsafe Codec.codes(group, 0)
      var q1 = unsafe Codec.codes(group, 1)
      for _ in 0..<4 {
        let (v0, w0) = Codec.pair(q0, s0)
        let (v1, w1) = Codec.pair(q1, s1)
        unsafe store(v0, line, 0)
        unsafe store(v1, line, 8)
        unsafe store(w0, line, 16)
        unsafe store(w1, line, 24)
        Codec.advance(&q0)
        Codec.advance(&q1)
        unsafe line += 32
      }
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
      var first = unsafe LaneBlock(Codec.self, group, half, scales)
      first.transpose()
      unsafe first.store(line, row: 16)
      guard hasSecond else {
        for r in 0..<8 { unsafe store(Lanes(repeating: 0), line, 16 &* r &+ 8) }
        continue
      }
      var second = unsafe LaneBlock(Codec.self, group + Codec.groupBytes, half, scales)
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
    case .byteMinimum:
      unsafe Tensors.unpack(ByteMinimumCodec.self, start, steps: steps, into: target)
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

extension LaneBlock {
  /// The eight steps of a group, eight columns each.
  @inline(__always)
  fileprivate init<Codec: PanelCodec>(
    _: Codec.Type,
    _ group: UnsafeRawPointer,
    _ half: Int,
    _ scales: Codec.Scales
  ) {
    var codes = unsafe Codec.codes(group, half)
    @inline(__always) func next() -> (Lanes, Lanes) {
      defer { Codec.advance(&codes) }
      return Codec.pair(codes, scales)
    }
    (v0, v1) = next()
    (v2, v3) = next()
    (v4, v5) = next()
    (v6, v7) = next()
  }
}
