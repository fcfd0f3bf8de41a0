// Products of one to four rows with panels that are decoded in registers.
//
// Every sum is one chain of fused multiply-adds over k in order, from 0; with `accumulate` it is then
// added to what the output holds. The same as in `TileKernels`, so the two give the same bits.

/// One to four rows and where their sums go.
@safe struct FewRows {
  let a: UnsafePointer<Float>
  let aRow: Int
  let c: UnsafeMutablePointer<Float>
  let cRow: Int
  let inner: Int
  let accumulate: Bool
}

@inline(__always)
private func put(
  _ sum: Lanes,
  _ target: UnsafeMutablePointer<Float>,
  _ index: Int,
  _ accumulate: Bool
) {
  unsafe store(accumulate ? load(target, index) + sum : sum, target, index)
}

/// One or two rows times two neighbouring panels: 32 outputs a row.
@inline(__always)
private func rowsTimesTwoPanels<Codec: PanelCodec>(
  _: Codec.Type,
  rows: Int,
  _ task: FewRows,
  _ panel: UnsafeRawPointer,
  _ panelBytes: Int
) {
  let c = unsafe task.c
  let d = unsafe task.c + task.cRow
  var c0 = Lanes(repeating: 0)
  var (c1, c2, c3) = (c0, c0, c0)
  var (d0, d1, d2, d3) = (c0, c0, c0, c0)
  var x = unsafe task.a
  var block = unsafe panel
  var left = task.inner
  while left > 0 {
    let s0 = unsafe Codec.scales(block, 0)
    let s1 = unsafe Codec.scales(block, 1)
    let s2 = unsafe Codec.scales(block + panelBytes, 0)
    let s3 = unsafe Codec.scales(block + panelBytes, 1)
    var group = unsafe block + Codec.headerBytes
    @inline(__always) func step(_ j: Int) {
      let y = unsafe Lanes(repeating: x[j])
      let w0 = unsafe Codec.lanes(group, 0, j, s0)
      let w1 = unsafe Codec.lanes(group, 1, j, s1)
      let w2 = unsafe Codec.lanes(group + panelBytes, 0, j, s2)
      let w3 = unsafe Codec.lanes(group + panelBytes, 1, j, s3)
      c0.addProduct(y, w0)
      c1.addProduct(y, w1)
      c2.addProduct(y, w2)
      c3.addProduct(y, w3)
      if rows > 1 {
        let z = unsafe Lanes(repeating: (x + task.aRow)[j])
        d0.addProduct(z, w0)
        d1.addProduct(z, w1)
        d2.addProduct(z, w2)
        d3.addProduct(z, w3)
      }
    }
    for _ in 0..<Codec.groups {
      if Codec.groups > 1 || left >= 8 {
        // Written out, so that a nibble's shift and mask are constants.
        step(0)
        step(1)
        step(2)
        step(3)
        step(4)
        step(5)
        step(6)
        step(7)
      } else {
        for j in 0..<left { step(j) }
      }
      unsafe x += 8
      left &-= 8
      unsafe group += Codec.groupBytes
    }
    unsafe block += Codec.blockBytes
  }
  unsafe put(c0, c, 0, task.accumulate)
  unsafe put(c1, c, 8, task.accumulate)
  unsafe put(c2, c, 16, task.accumulate)
  unsafe put(c3, c, 24, task.accumulate)
  if rows > 1 {
    unsafe put(d0, d, 0, task.accumulate)
    unsafe put(d1, d, 8, task.accumulate)
    unsafe put(d2, d, 16, task.accumulate)
    unsafe put(d3, d, 24, task.accumulate)
  }
}

/// One to four rows times one panel: 16 outputs a row.
@inline(__always)
private func rowsTimesPanel<Codec: PanelCodec>(
  _: Codec.Type,
  rows: Int,
  _ task: FewRows,
  _ panel: UnsafeRawPointer
) {
  let c = unsafe task.c
  let row = task.cRow
  let aRow = task.aRow
  var c0 = Lanes(repeating: 0)
  var c1 = c0
  var (d0, d1, e0, e1, f0, f1) = (c0, c0, c0, c0, c0, c0)
  var x = unsafe task.a
  var block = unsafe panel
  var left = task.inner
  while left > 0 {
    let s0 = unsafe Codec.scales(block, 0)
    let s1 = unsafe Codec.scales(block, 1)
    var group = unsafe block + Codec.headerBytes
    @inline(__always) func step(_ j: Int) {
      let w0 = unsafe Codec.lanes(group, 0, j, s0)
      let w1 = unsafe Codec.lanes(group, 1, j, s1)
      let y = unsafe Lanes(repeating: x[j])
      c0.addProduct(y, w0)
      c1.addProduct(y, w1)
      if rows > 1 {
        let y = unsafe Lanes(repeating: x[j &+ aRow])
        d0.addProduct(y, w0)
        d1.addProduct(y, w1)
      }
      if rows > 2 {
        let y = unsafe Lanes(repeating: x[j &+ 2 &* aRow])
        e0.addProduct(y, w0)
        e1.addProduct(y, w1)
      }
      if rows > 3 {
        let y = unsafe Lanes(repeating: x[j &+ 3 &* aRow])
        f0.addProduct(y, w0)
        f1.addProduct(y, w1)
      }
    }
    for _ in 0..<Codec.groups {
      if Codec.groups > 1 || left >= 8 {
        // Written out, so that a nibble's shift and mask are constants.
        step(0)
        step(1)
        step(2)
        step(3)
        step(4)
        step(5)
        step(6)
        step(7)
      } else {
        for j in 0..<left { step(j) }
      }
      unsafe x += 8
      left &-= 8
      unsafe group += Codec.groupBytes
    }
    unsafe block += Codec.blockBytes
  }
  unsafe put(c0, c, 0, task.accumulate)
  unsafe put(c1, c, 8, task.accumulate)
  if rows > 1 {
    unsafe put(d0, c, row, task.accumulate)
    unsafe put(d1, c, row &+ 8, task.accumulate)
  }
  if rows > 2 {
    unsafe put(e0, c, 2 &* row, task.accumulate)
    unsafe put(e1, c, 2 &* row &+ 8, task.accumulate)
  }
  if rows > 3 {
    unsafe put(f0, c, 3 &* row, task.accumulate)
    unsafe put(f1, c, 3 &* row &+ 8, task.accumulate)
  }
}

/// Up to two rows times two panels, or up to four rows times one panel.
private func fewRows<Codec: PanelCodec>(
  _ codec: Codec.Type,
  rows: Int,
  panels: Int,
  _ task: FewRows,
  _ panel: UnsafeRawPointer,
  _ panelBytes: Int
) {
  switch (rows, panels) {
  case (1, 2): unsafe rowsTimesTwoPanels(codec, rows: 1, task, panel, panelBytes)
  case (2, 2): unsafe rowsTimesTwoPanels(codec, rows: 2, task, panel, panelBytes)
  case (1, 1): unsafe rowsTimesPanel(codec, rows: 1, task, panel)
  case (2, 1): unsafe rowsTimesPanel(codec, rows: 2, task, panel)
  case (3, 1): unsafe rowsTimesPanel(codec, rows: 3, task, panel)
  case (4, 1): unsafe rowsTimesPanel(codec, rows: 4, task, panel)
  default: preconditionFailure("\(rows) rows times \(panels) panels have no kernel")
  }
}

/// The kernel for a layout: one or two rows times two panels, or up to four rows times one.
func fewRows(
  _ format: PanelFormat,
  rows: Int,
  panels: Int,
  _ task: FewRows,
  _ panel: UnsafeRawPointer,
  _ panelBytes: Int
) {
  switch format {
  case .f32: unsafe fewRows(FloatCodec.self, rows: rows, panels: panels, task, panel, panelBytes)
  case .f16: unsafe fewRows(HalfCodec.self, rows: rows, panels: panels, task, panel, panelBytes)
  case .bf16: unsafe fewRows(BrainCodec.self, rows: rows, panels: panels, task, panel, panelBytes)
  case .byte: unsafe fewRows(ByteCodec.self, rows: rows, panels: panels, task, panel, panelBytes)
  case .byteMinimum:
    unsafe fewRows(ByteMinimumCodec.self, rows: rows, panels: panels, task, panel, panelBytes)
  case .nibble: unsafe fewRows(NibbleCodec.self, rows: rows, panels: panels, task, panel, panelBytes)
  case .nibbleMinimum:
    unsafe fewRows(NibbleMinimumCodec.self, rows: rows, panels: panels, task, panel, panelBytes)
  }
}
