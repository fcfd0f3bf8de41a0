import Synchronization

/// What encoding needs besides the tokenizer: buffers, the classes of characters seen, a cache.
struct EncodingScratch: Sendable {
  var classes = ScalarClassTable()
  var merger = PieceMerger()
  var cache = WordCache()
}

/// Scratch that calls share: each takes one out and puts it back, so that no two use the same.
///
/// A class, because all copies of a tokenizer share what they learned; the state is in a `Mutex`.
final class ScratchPool: Sendable {
  /// More calls at once than this encode with scratch that is thrown away.
  private static let limit = 16

  private let kept = Mutex<[EncodingScratch]>([])

  /// Scratch that nobody else has.
  func take() -> EncodingScratch { kept.withLock { $0.popLast() } ?? EncodingScratch() }

  /// Puts scratch back for the next call.
  func give(_ scratch: consuming EncodingScratch) {
    let scratch = consume scratch
    kept.withLock { kept in
      if kept.count < Self.limit { kept.append(scratch) }
    }
  }
}
