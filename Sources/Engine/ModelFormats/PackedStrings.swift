/// Many byte strings kept in one piece of memory.
///
/// Vocabularies have a hundred thousand short strings; one allocation for all of them is quick.
/// The strings are bytes, because Swift's `String` calls canonically equal texts the same.
public struct PackedStrings: RandomAccessCollection, Hashable, Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  /// An empty list.
  public init() {}

  /// The UTF-8 bytes of each text.
  public init(_ texts: some Sequence<String>) {
    for text in texts { append(text.utf8) }
  }

  /// The first index: 0.
  public var startIndex: Int { 0 }
  /// How many strings there are.
  public var endIndex: Int { ends.count }

  /// The bytes of string `index`.
  public subscript(index: Int) -> ArraySlice<UInt8> {
    bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// String `index` as text; bytes that are not UTF-8 become U+FFFD.
  public func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

  /// Adds one string.
  public mutating func append(_ string: some Sequence<UInt8>) {
    bytes.append(contentsOf: string)
    ends.append(bytes.count)
  }

  /// Adds the bytes of `range`, without an array between.
  mutating func append(_ source: Span<UInt8>, _ range: Range<Int>) {
    for i in range { bytes.append(source[i]) }
    ends.append(bytes.count)
  }

  /// Makes room for so many strings of usual length.
  mutating func reserve(_ count: Int) {
    ends.reserveCapacity(count)
    bytes.reserveCapacity(8 * count)
  }
}
