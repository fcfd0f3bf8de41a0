/// The merges of a byte-pair encoding: which neighbours become which token, and in what order.
struct MergeTable: Sendable {
  private var merges: PairTable

  init(capacity: Int) {
    merges = PairTable(capacity: capacity)
  }

  /// Adds a merge; of two for the same pair the first stays.
  mutating func insert(_ left: Int32, _ right: Int32, rank: Int32, result: Int32) {
    merges.insert(Self.key(left, right), PairTable.Value(first: rank, second: result))
  }

  /// The rank of the merge of two neighbours and the token that it makes.
  func merge(_ left: Int32, _ right: Int32) -> (rank: Int32, result: Int32)? {
    merges[Self.key(left, right)].map { ($0.first, $0.second) }
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }
}
