/// Eight vectors, as rows of an 8 x 8 block.
struct LaneBlock {
  var v0, v1, v2, v3, v4, v5, v6, v7: Lanes

  /// The block of eight rows of eight values that starts at `source`.
  @inline(__always)
  init(_ source: UnsafePointer<Float>, row: Int) {
    v0 = unsafe load(source, 0)
    v1 = unsafe load(source, row)
    v2 = unsafe load(source, 2 &* row)
    v3 = unsafe load(source, 3 &* row)
    v4 = unsafe load(source, 4 &* row)
    v5 = unsafe load(source, 5 &* row)
    v6 = unsafe load(source, 6 &* row)
    v7 = unsafe load(source, 7 &* row)
  }

  /// The block whose row `i` is `make(i)`.
  @inline(__always)
  init(_ make: (Int) -> Lanes) {
    v0 = make(0)
    v1 = make(1)
    v2 = make(2)
    v3 = make(3)
    v4 = make(4)
    v5 = make(5)
    v6 = make(6)
    v7 = make(7)
  }

  /// Writes the rows `step` values apart.
  @inline(__always)
  func store(_ target: UnsafeMutablePointer<Float>, row: Int) {
    unsafe Tensors.store(v0, target, 0)
    unsafe Tensors.store(v1, target, row)
    unsafe Tensors.store(v2, target, 2 &* row)
    unsafe Tensors.store(v3, target, 3 &* row)
    unsafe Tensors.store(v4, target, 4 &* row)
    unsafe Tensors.store(v5, target, 5 &* row)
    unsafe Tensors.store(v6, target, 6 &* row)
    unsafe Tensors.store(v7, target, 7 &* row)
  }

  /// Rows become columns: 24 shuffles of two vectors (pairs, fours, halves).
  @inline(__always)
  mutating func transpose() {
    let (a0, a1) = (lowPairs(v0, v1), highPairs(v0, v1))
    let (a2, a3) = (lowPairs(v2, v3), highPairs(v2, v3))
    let (a4, a5) = (lowPairs(v4, v5), highPairs(v4, v5))
    let (a6, a7) = (lowPairs(v6, v7), highPairs(v6, v7))
    let (b0, b1) = (lowFours(a0, a2), highFours(a0, a2))
    let (b2, b3) = (lowFours(a1, a3), highFours(a1, a3))
    let (b4, b5) = (lowFours(a4, a6), highFours(a4, a6))
    let (b6, b7) = (lowFours(a5, a7), highFours(a5, a7))
    v0 = Lanes(lowHalf: b0.lowHalf, highHalf: b4.lowHalf)
    v1 = Lanes(lowHalf: b1.lowHalf, highHalf: b5.lowHalf)
    v2 = Lanes(lowHalf: b2.lowHalf, highHalf: b6.lowHalf)
    v3 = Lanes(lowHalf: b3.lowHalf, highHalf: b7.lowHalf)
    v4 = Lanes(lowHalf: b0.highHalf, highHalf: b4.highHalf)
    v5 = Lanes(lowHalf: b1.highHalf, highHalf: b5.highHalf)
    v6 = Lanes(lowHalf: b2.highHalf, highHalf: b6.highHalf)
    v7 = Lanes(lowHalf: b3.highHalf, highHalf: b7.highHalf)
  }
}

@inline(__always)
private func lowPairs(_ a: Lanes, _ b: Lanes) -> Lanes {
  Lanes(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5])
}

@inline(__always)
private func highPairs(_ a: Lanes, _ b: Lanes) -> Lanes {
  Lanes(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7])
}

@inline(__always)
private func lowFours(_ a: Lanes, _ b: Lanes) -> Lanes {
  Lanes(a[0], a[1], b[0], b[1], a[4], a[5], b[4], b[5])
}

@inline(__always)
private func highFours(_ a: Lanes, _ b: Lanes) -> Lanes {
  Lanes(a[2], a[3], b[2], b[3], a[6], a[7], b[6], b[7])
}
