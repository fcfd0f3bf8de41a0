/// The sizes of grouped-query attention, and where each head stands in a fused row.
///
/// A fused row is `[q heads | k heads | v heads]`, each head `headSize` values; query head h reads
/// key-value head `h / (heads / keyValueHeads)`. Source: Ainslie et al., 2023 (arXiv 2305.13245).
public struct AttentionShape: Sendable, Hashable {
  /// The number of query heads.
  public let heads: Int
  /// The number of key-value heads.
  public let keyValueHeads: Int
  /// The size of one head.
  public let headSize: Int
  /// What scores are multiplied by, usually `headSize^-0.5`.
  public let scale: Float

  /// Sizes; traps unless query heads divide evenly and the head size is even.
  public init(heads: Int, keyValueHeads: Int, headSize: Int, scale: Float) {
    precondition(keyValueHeads > 0 && heads % keyValueHeads == 0, "\(heads) over \(keyValueHeads)")
    precondition(headSize > 0 && headSize % 2 == 0, "head size \(headSize) is not even")
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headSize = headSize
    self.scale = scale
  }

  /// Query heads that share one key-value head.
  public var group: Int { heads / keyValueHeads }
  /// Columns of a fused row.
  public var fusedColumns: Int { (heads + 2 * keyValueHeads) * headSize }
  /// Columns of the attention's output.
  public var outputColumns: Int { heads * headSize }
  /// The columns that hold queries and keys, which rotate.
  public var rotatedColumns: Range<Int> { 0..<(heads + keyValueHeads) * headSize }

  /// The columns that hold queries.
  public var queryColumns: Range<Int> { 0..<heads * headSize }
  /// The columns that hold keys.
  public var keyColumns: Range<Int> { heads * headSize..<(heads + keyValueHeads) * headSize }

  /// The head size that kernels compute with: rounded up to sixteen lanes, the rest zeros.
  var paddedHeadSize: Int { roundedUp(headSize, 16) }

  func queryColumn(_ head: Int) -> Int { head * headSize }
  func keyColumn(_ head: Int) -> Int { (heads + head) * headSize }
  func valueColumn(_ head: Int) -> Int { (heads + keyValueHeads + head) * headSize }

  /// The columns of one head, in a fused matrix; a query head's are the same in an output.
  func query(_ head: Int) -> Range<Int> { columns(from: queryColumn(head)) }
  func key(_ head: Int) -> Range<Int> { columns(from: keyColumn(head)) }
  func value(_ head: Int) -> Range<Int> { columns(from: valueColumn(head)) }

  private func columns(from first: Int) -> Range<Int> { first..<first + headSize }
}
