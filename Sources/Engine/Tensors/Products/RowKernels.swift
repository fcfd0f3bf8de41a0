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

/// The sums of one row's 32 outputs.
private struct FourSums {
  private var s0 = Lanes(repeating: 0)
  private var s1 = Lanes(repeating: 0)
  private var s2 = Lanes(repeating: 0)
  private var s3 = Lanes(repeating: 0)

  @inline(__always)
  mutating func add(_ x: Float, _ w0: Lanes, _ w1: Lanes, _ w2: Lanes, _ w3: Lanes) {
    let factor = Lanes(repeating: x)
    s0.addProduct(factor, w0)
    s1.addProduct(factor, w1)
    s2.addProduct(factor, w2)
    s3.addProduct(factor, w3)
  }

  @inline(__always)
  func put(_ target: UnsafeMutablePointer<Float>, _ accumulate: Bool) {
    unsafe Tensors.put(s0, target, 0, accumulate)
    unsafe Tensors.put(s1, target, 8, accumulate)
    unsafe Tensors.put(s2, target, 16, accumulate)
    unsafe Tensors.put(s3, target, 24, accumulate)
  }
}

/// The sums of one row's 16 outputs.
private struct TwoSums {
  private var s0 = Lanes(repeating: 0)
  private var s1 = Lanes(repeating: 0)

  @inline(__always)
  mutating func add(_ x: Float, _ w0: Lanes, _ w1: Lanes) {
    let factor = Lanes(repeating: x)
    s0.addProduct(factor, w0)
    s1.addProduct(factor, w1)
  }

  @inline(__always)
  func put(_ target: UnsafeMutablePointer<Float>, _ accumulate: Bool) {
    unsafe Tensors.put(s0, target, 0, accumulate)
    unsafe Tensors.put(s1, target, 8, accumulate)
  }
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
  var c = FourSums()
  var d = FourSums()
  var x = unsafe task.a
  var block = unsafe panel
  var left = task.inner
  while left > 0 {
    let (s0, s1) = unsafe (Codec.scales(block, 0), Codec.scales(block, 1))
    let next = unsafe block + panelBytes
    let (s2, s3) = unsafe (Codec.scales(next, 0), Codec.scales(next, 1))
    var group = unsafe block + Codec.headerBytes
    for _ in 0..<Codec.groups {
      var (q0, q1) = unsafe (Codec.codes(group, 0), Codec.codes(group, 1))
      let other = unsafe group + panelBytes
      var (q2, q3) = unsafe (Codec.codes(other, 0), Codec.codes(other, 1))
      @inline(__always) func step(_ k: Int, _ w0: Lanes, _ w1: Lanes, _ w2: Lanes, _ w3: Lanes) {
        unsafe c.add(x[k], w0, w1, w2, w3)
        if rows > 1 { unsafe d.add((x + task.aRow)[k], w0, w1, w2, w3) }
      }
      for _ in 0..<pairs(Codec.self, left) {
        let ((v0, w0), (v1, w1)) = (Codec.pair(q0, s0), Codec.pair(q1, s1))
        let ((v2, w2), (v3, w3)) = (Codec.pair(q2, s2), Codec.pair(q3, s3))
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
        step(0, v0, v1, Codec.pair(q2, s2).0, Codec.pair(q3, s3).0)
      }
      left &-= 8
      unsafe group += Codec.groupBytes
    }
    unsafe block += Codec.blockBytes
  }
  unsafe c.put(task.c, task.accumulate)
  if rows > 1 { unsafe d.put(task.c + task.cRow, task.accumulate) }
}

/// One to four rows times one panel: 16 outputs a row.
@inline(__always)
private func rowsTimesPanel<Codec: PanelCodec>(
  _: Codec.Type,
  rows: Int,
  _ task: FewRows,
  _ panel: UnsafeRawPointer
) {
  let aRow = task.aRow
  var (c, d, e, f) = (TwoSums(), TwoSums(), TwoSums(), TwoSums())
  var x = unsafe task.a
  var block = unsafe panel
  var left = task.inner
  while left > 0 {
    let (s0, s1) = unsafe (Codec.scales(block, 0), Codec.scales(block, 1))
    var group = unsafe block + Codec.headerBytes
    for _ in 0..<Codec.groups {
      var (q0, q1) = unsafe (Codec.codes(group, 0), Codec.codes(group, 1))
      @inline(__always) func step(_ k: Int, _ w0: Lanes, _ w1: Lanes) {
        unsafe c.add(x[k], w0, w1)
        if rows > 1 { unsafe d.add(x[k &+ aRow], w0, w1) }
        if rows > 2 { unsafe e.add(x[k &+ 2 &* aRow], w0, w1) }
        if rows > 3 { unsafe f.add(x[k &+ 3 &* aRow], w0, w1) }
      }
      for _ in 0..<pairs(Codec.self, left) {
        let ((v0, w0), (v1, w1)) = (Codec.pair(q0, s0), Codec.pair(q1, s1))
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
  unsafe c.put(task.c, task.accumulate)
  if rows > 1 { unsafe d.put(task.c + task.cRow, task.accumulate) }
  if rows > 2 { unsafe e.put(task.c + 2 &* task.cRow, task.accumulate) }
  if rows > 3 { unsafe f.put(task.c + 3 &* task.cRow, task.accumulate) }
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
  case .nibble:
    unsafe fewRows(NibbleCodec.self, rows: rows, panels: panels, task, panel, panelBytes)
  case .nibbleMinimum:
    unsafe fewRows(NibbleMinimumCodec.self, rows: rows, panels: panels, task, panel, panelBytes)
  }
}
