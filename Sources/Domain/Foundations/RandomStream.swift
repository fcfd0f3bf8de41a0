/// A named, seeded stream of random numbers: equal on every machine and in every version.
///
/// The state is sha256(seed as 8 little-endian bytes ‖ name as UTF-8), read as four little-endian
/// words; the generator is xoshiro256** 1.0 (Blackman and Vigna, "Scrambled Linear Pseudorandom
/// Number Generators", 2018). Streams of the same seed and different names are independent.
public struct RandomStream: RandomNumberGenerator, Hashable, Sendable, Codable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64
  private var spareNormal: Double?

  /// Opens the stream at its beginning.
  public init(seed: UInt64, name: String) {
    var content: [UInt8] = (0..<8).map { UInt8(truncatingIfNeeded: seed >> (8 * $0)) }
    content.append(contentsOf: name.utf8)
    let digest = ContentHash(of: content).bytes
    let words = (0..<4).map { word in
      (0..<8).reduce(UInt64(0)) { $0 | UInt64(digest[8 * word + $1]) << (8 * $1) }
    }
    self.init(state: words)
  }

  /// Takes the four words of a generator's state.
  init(state words: [UInt64]) {
    (s0, s1, s2, s3) = (words[0], words[1], words[2], words[3])
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let result = rotated(s1 &* 5, by: 7) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = rotated(s3, by: 45)
    return result
  }
}

extension RandomStream {
  /// A whole number of the range, each equally likely.
  ///
  /// Lemire's multiplication with rejection ("Fast Random Integer Generation in an Interval",
  /// 2019).
  public mutating func int(in range: ClosedRange<Int>) -> Int {
    let width = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound)) &+ 1
    guard width != 0 else { return Int(truncatingIfNeeded: next()) }
    var product = next().multipliedFullWidth(by: width)
    if product.low < width {
      let threshold = (0 &- width) % width
      while product.low < threshold { product = next().multipliedFullWidth(by: width) }
    }
    return range.lowerBound &+ Int(truncatingIfNeeded: product.high)
  }

  /// A double of [0, 1): 53 random bits times 2⁻⁵³.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A draw from the normal distribution with mean 0 and standard deviation 1.
  ///
  /// Marsaglia's polar method; the logarithm is our own series, so that no machine's mathematics
  /// library can change a bit.
  public mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let u = 2 * uniform() - 1
      let v = 2 * uniform() - 1
      let s = u * u + v * v
      guard s > 0, s < 1 else { continue }
      let factor = (-2 * naturalLogarithm(s) / s).squareRoot()
      spareNormal = v * factor
      return u * factor
    }
  }

  /// The elements in a random order (Fisher–Yates from the end).
  public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for last in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(last, int(in: 0...last))
    }
    return result
  }

  /// One element, each equally likely.
  ///
  /// Traps on an empty list.
  public mutating func choice<Element>(_ elements: [Element]) -> Element {
    precondition(!elements.isEmpty, "A choice needs at least one element.")
    return elements[int(in: 0...(elements.count - 1))]
  }
}

private func rotated(_ value: UInt64, by count: Int) -> UInt64 {
  value << count | value >> (64 - count)
}

/// ln x = e ln 2 + 2 artanh((m - 1) / (m + 1)) for x = m 2ᵉ with m in [√½, √2), 16 terms.
private func naturalLogarithm(_ x: Double) -> Double {
  var exponent = Double(x.exponent)
  var mantissa = x.significand
  if mantissa > 1.414_213_562_373_095 {
    mantissa /= 2
    exponent += 1
  }
  let z = (mantissa - 1) / (mantissa + 1)
  let square = z * z
  var sum = 0.0
  for term in stride(from: 31, through: 1, by: -2) { sum = sum * square + 1 / Double(term) }
  return exponent * 0.693_147_180_559_945_3 + 2 * z * sum
}
