/// Eight float32 lanes, the width of an AVX2 register.
typealias Lanes = SIMD8<Float>

@inline(__always)
func load(_ pointer: UnsafePointer<Float>, _ index: Int) -> Lanes {
  unsafe UnsafeRawPointer(pointer + index).loadUnaligned(as: Lanes.self)
}

@inline(__always)
func load(_ pointer: UnsafeMutablePointer<Float>, _ index: Int) -> Lanes {
  unsafe UnsafeRawPointer(pointer + index).loadUnaligned(as: Lanes.self)
}

@inline(__always)
func store(_ value: Lanes, _ pointer: UnsafeMutablePointer<Float>, _ index: Int) {
  unsafe UnsafeMutableRawPointer(pointer + index).storeBytes(of: value, as: Lanes.self)
}

/// The larger of two vectors, lane by lane; compiles to one instruction, as `pointwiseMax` does not.
@inline(__always)
func larger(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .> a) }

/// The smaller of two vectors, lane by lane.
@inline(__always)
func smaller(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .< a) }

/// e to the power of each lane; relative error below 2e-7 in the range that float32 can hold.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2; the polynomial is Cephes' `expf`. The rounding to n is done by
/// adding 1.5 * 2^23, because conversions between float and integer vectors run one lane at a time.
@inline(__always)
func exponential(_ value: Lanes) -> Lanes {
  let x = smaller(larger(value, Lanes(repeating: -87.3)), Lanes(repeating: 88.3))
  let magic = Lanes(repeating: 12_582_912)
  let shifted = magic.addingProduct(x, Lanes(repeating: 1.442_695_04))
  let n = shifted - magic
  var r = x.addingProduct(n, Lanes(repeating: -0.693_359_375))
  r = r.addingProduct(n, Lanes(repeating: 2.121_944_4e-4))
  var p = Lanes(repeating: 1.987_569_15e-4)
  p = Lanes(repeating: 1.398_199_95e-3).addingProduct(p, r)
  p = Lanes(repeating: 8.333_451_9e-3).addingProduct(p, r)
  p = Lanes(repeating: 4.166_579_6e-2).addingProduct(p, r)
  p = Lanes(repeating: 1.666_666_55e-1).addingProduct(p, r)
  p = Lanes(repeating: 5.000_000_1e-1).addingProduct(p, r)
  let y = (r + 1).addingProduct(p, r * r)
  let bits = unsafe unsafeBitCast(shifted, to: SIMD8<Int32>.self) &<< 23
  let scaled = unsafe unsafeBitCast(y, to: SIMD8<Int32>.self) &+ bits
  return unsafe unsafeBitCast(scaled, to: Lanes.self)
}

/// The sum of eight lanes in a fixed order: halves, quarters, pairs.
@inline(__always)
func total(_ value: Lanes) -> Float {
  let four = value.lowHalf + value.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

/// The dot product of `count` values in four accumulators, whose order of addition is fixed.
@inline(__always)
func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
  var s0 = Lanes(repeating: 0)
  var s1 = s0
  var s2 = s0
  var s3 = s0
  var index = 0
  while index + 32 <= count {
    s0 = unsafe s0.addingProduct(load(a, index), load(b, index))
    s1 = unsafe s1.addingProduct(load(a, index + 8), load(b, index + 8))
    s2 = unsafe s2.addingProduct(load(a, index + 16), load(b, index + 16))
    s3 = unsafe s3.addingProduct(load(a, index + 24), load(b, index + 24))
    index += 32
  }
  while index + 8 <= count {
    s0 = unsafe s0.addingProduct(load(a, index), load(b, index))
    index += 8
  }
  var sum = total((s0 + s1) + (s2 + s3))
  while index < count {
    unsafe sum += a[index] * b[index]
    index += 1
  }
  return sum
}
