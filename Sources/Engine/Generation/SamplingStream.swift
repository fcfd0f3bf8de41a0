internal import Foundations
internal import Tensors

/// The random numbers of one item: the number at a position depends on nothing but the root seed,
/// the item's name and the position.
///
/// So an item samples the same tokens alone and in a batch, in any order. The key is the first word
/// of the stream `sampling/ITEM` under the root seed; the number at position n is the n-th output
/// of SplitMix64 from that key (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014), which can be computed for any n at once.
public struct SamplingStream: Sendable, Hashable {
  private let key: UInt64

  /// The stream of an item, by its name, under a root seed.
  public init(seed: UInt64, item: String) {
    var stream = RandomStream(seed: seed, name: "sampling/" + item)
    key = stream.next()
  }

  /// A double of [0, 1) for the new token at a position, counted from 0: 53 bits times 2⁻⁵³.
  public func uniform(at position: Int) -> Double {
    Double(SplitMix64.output(UInt64(position), of: key) >> 11) * 0x1p-53
  }
}
