/// The generator whose n-th number can be computed without the ones before it.
///
/// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
public enum SplitMix64 {
  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The first number that follows from a key.
  public static func mixed(_ key: UInt64) -> UInt64 {
    var z = key &+ step
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The number at a place, counted from 0, of those that follow from a key.
  public static func output(_ index: UInt64, of key: UInt64) -> UInt64 {
    mixed(key &+ index &* step)
  }
}
