/// Some sequences, one after another without padding, and which of their rows are learned.
public struct TokenBatch: Sendable, Hashable {
  /// The token ids of all sequences.
  public let ids: [Int32]
  /// The rows of each sequence; sequences cannot see each other.
  public let segments: [Range<Int>]
  /// Each row's position within its sequence.
  public let positions: [Int32]
  /// The rows whose next token is learned, in order.
  public let supervisedRows: [Int]
  /// The token that each of those rows is to predict.
  public let targets: [Int32]

  /// Lays out sequences; `supervised` says for each token whether it is learned as a target.
  ///
  /// The first token of a sequence has nothing before it to predict it from and is never a target.
  public init(_ sequences: [(ids: [Int32], supervised: [Bool])]) {
    var ids: [Int32] = []
    var segments: [Range<Int>] = []
    var positions: [Int32] = []
    var rows: [Int] = []
    var targets: [Int32] = []
    for sequence in sequences {
      precondition(sequence.ids.count == sequence.supervised.count, "one mask value a token")
      let start = ids.count
      for (offset, id) in sequence.ids.enumerated() {
        if offset > 0 && sequence.supervised[offset] {
          rows.append(start + offset - 1)
          targets.append(id)
        }
        positions.append(Int32(offset))
      }
      ids += sequence.ids
      segments.append(start..<ids.count)
    }
    self.ids = ids
    self.segments = segments
    self.positions = positions
    supervisedRows = rows
    self.targets = targets
  }
}
