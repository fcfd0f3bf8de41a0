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

/// The pairs of steps in a group of which `left` steps count; formats with scales have whole groups only.
@inline(__always)
private func pairs<Codec: PanelCodec>(_: Codec.Type, _ left: Int) -> Int {
  Codec.groups > 1 || left >= 8 ? 4 : left &>> 1
}

/// Whether a group ends in half a pair.
@inline(__always)
private func hasSingleStep<Codec: PanelCodec>(_: Codec.Type, _ left: Int) -> Bool {
  Codec.groups == 1 && left < 8 && left & 1 == 1
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
    for _ in 0..<Codec.groups {
      var q0 = unsafe Codec.codes(group, 0)
      var q1 = unsafe Codec.codes(group, 1)
      var q2 = unsafe Codec.codes(group + panelBytes, 0)
      var q3 = unsafe Codec.codes(group + panelBytes, 1)
      @inline(__always) func step(_ k: Int, _ w0: Lanes, _ w1: Lanes, _ w2: Lanes, _ w3: Lanes) {
        let y = unsafe Lanes(repeating: x[k])
        c0.addProduct(y, w0)
        c1.addProduct(y, w1)
        c2.addProduct(y, w2)
        c3.addProduct(y, w3)
        if rows > 1 {
          let z = unsafe Lanes(repeating: (x + task.aRow)[k])
          d0.addProduct(z, w0)
          d1.addProduct(z, w1)
          d2.addProduct(z, w2)
          d3.addProduct(z, w3)
        }
      }
      for _ in 0..<pairs(Codec.self, left) {
        let (v0, w0) = Codec.pair(q0, s0)
        let (v1, w1) = Codec.pair(q1, s1)
        let (v2, w2) = Codec.pair(q2, s2)
        let (v3, w3) = Codec.pair(q3, s3)
        step(0, v0, v1, v2, v3)
        step(1, w0, w1, w2, w3)
        Codec.advance(&q0)
        Codec.advance(&q1)
        Codec.advance(&q2)
        Codec.advance(&q3)
        unsafe x += 2
      }
      if hasSingleStep(Codec.self, left) {
        let (v0, v1) = (Codec.pair(q0, s0).0, Codec.pair(q1, s1).0)
        let (v2, v3) = (Codec.pair(q2, s2).0, Codec.pair(q3, s3).0)
        step(0, v0, v1, v2, v3)
      }
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
    for _ in 0..<Codec.groups {
      var q0 = unsafe Codec.codes(group, 0)
      var q1 = unsafe Codec.codes(group, 1)
      @inline(__always) func step(_ k: Int, _ w0: Lanes, _ w1: Lanes) {
        let y = unsafe Lanes(repeating: x[k])
        c0.addProduct(y, w0)
        c1.addProduct(y, w1)
        if rows > 1 {
          let y = unsafe Lanes(repeating: x[k &+ aRow])
          d0.addProduct(y, w0)
          d1.addProduct(y, w1)
        }
        if rows > 2 {
          let y = unsafe Lanes(repeating: x[k &+ 2 &* aRow])
          e0.addProduct(y, w0)
          e1.addProduct(y, w1)
        }
        if rows > 3 {
          let y = unsafe Lanes(repeating: x[k &+ 3 &* aRow])
          f0.addProduct(y, w0)
          f1.addProduct(y, w1)
        }
      }
      for _ in 0..<pairs(Codec.self, left) {
        let (v0, w0) = Codec.pair(q0, s0)
        let (v1, w1) = Codec.pair(q1, s1)
        step(0, v0, v1)
        step(1, w0, w1)
        Codec.advance(&q0)
        Codec.advance(&q1)
        unsafe x += 2
      }
      if hasSingleStep(Codec.self, left) {
        step(0, Codec.pair(q0, s0).0, Codec.pair(q1, s1).0)
      }
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
