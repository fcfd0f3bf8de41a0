/// A symbol of a piece while it is being merged.
struct Symbol: Sendable {
  /// A token, or a stand-in that only merging knows.
  var id: Int32
  /// The bytes of the text that it covers.
  var start: Int
  var end: Int
}

/// Merges the symbols of one piece; keeps its buffers for the next one.
///
/// Lowest rank first and leftmost first among equals, until no neighbours merge.
struct PieceMerger: Sendable {
  /// The piece: symbols go in, merged symbols come out.
  var symbols: [Symbol] = []
  private var ranks: [Int32] = []
  private var results: [Int32] = []

  /// Up to this many symbols looking at every pair again is faster than keeping them in order.
  private static let shortCount = 48

  /// Merges what is in `symbols`; O(n log n) for n symbols.
  mutating func merge(by merges: MergeTable) {
    if symbols.count <= Self.shortCount {
      mergeShort(merges)
    } else {
      var piece = LongPiece(symbols)
      piece.merge(merges)
      symbols = piece.remaining
    }
  }

  private mutating func mergeShort(_ merges: MergeTable) {
    guard symbols.count > 1 else { return }
    ranks.removeAll(keepingCapacity: true)
    results.removeAll(keepingCapacity: true)
    for place in 0..<symbols.count - 1 {
      let merge = merges.merge(symbols[place].id, symbols[place + 1].id)
      ranks.append(merge?.rank ?? .max)
      results.append(merge?.result ?? -1)
    }
    while let place = bestPlace() {
      symbols[place].id = results[place]
      symbols[place].end = symbols[place + 1].end
      symbols.remove(at: place + 1)
      ranks.remove(at: place)
      results.remove(at: place)
      if place > 0 { look(at: place - 1, merges) }
      if place < ranks.count { look(at: place, merges) }
    }
  }

  private func bestPlace() -> Int? {
    var best = Int32.max
    var found: Int?
    for place in ranks.indices where ranks[place] < best {
      best = ranks[place]
      found = place
    }
    return found
  }

  private mutating func look(at place: Int, _ merges: MergeTable) {
    let merge = merges.merge(symbols[place].id, symbols[place + 1].id)
    ranks[place] = merge?.rank ?? .max
    results[place] = merge?.result ?? -1
  }
}

/// A piece of many symbols: a doubly linked list and a heap of pairs that may merge.
private struct LongPiece {
  private var symbols: [Symbol]
  private var next: [Int]
  private var previous: [Int]
  private var isAlive: [Bool]
  private var heap = PairHeap()

  init(_ symbols: [Symbol]) {
    self.symbols = symbols
    next = symbols.indices.map { $0 + 1 }
    previous = symbols.indices.map { $0 - 1 }
    isAlive = Array(repeating: true, count: symbols.count)
  }

  var remaining: [Symbol] { zip(symbols, isAlive).filter(\.1).map(\.0) }

  mutating func merge(_ merges: MergeTable) {
    for place in symbols.indices { propose(place, merges) }
    while let pair = heap.popFirst() {
      let right = isAlive[pair.place] ? next[pair.place] : symbols.count
      guard right < symbols.count,
        let merge = merges.merge(symbols[pair.place].id, symbols[right].id),
        merge.rank == pair.rank
      else { continue }
      join(pair.place, right, into: merge.result)
      propose(pair.place, merges)
      if previous[pair.place] >= 0 { propose(previous[pair.place], merges) }
    }
  }

  private mutating func propose(_ place: Int, _ merges: MergeTable) {
    let right = next[place]
    guard right < symbols.count,
      let merge = merges.merge(symbols[place].id, symbols[right].id)
    else { return }
    heap.insert(PairHeap.Pair(rank: merge.rank, place: place))
  }

  private mutating func join(_ place: Int, _ right: Int, into id: Int32) {
    symbols[place].id = id
    symbols[place].end = symbols[right].end
    isAlive[right] = false
    next[place] = next[right]
    if next[right] < symbols.count { previous[next[right]] = place }
  }
}

/// A binary heap with the most important pair first.
private struct PairHeap {
  /// The symbol at `place` and its right neighbour.
  struct Pair: Comparable {
    let rank: Int32
    let place: Int

    static func < (left: Pair, right: Pair) -> Bool {
      left.rank != right.rank ? left.rank < right.rank : left.place < right.place
    }
  }

  private var items: [Pair] = []

  mutating func insert(_ item: Pair) {
    items.append(item)
    var place = items.count - 1
    while place > 0, item < items[(place - 1) / 2] {
      items[place] = items[(place - 1) / 2]
      place = (place - 1) / 2
    }
    items[place] = item
  }

  mutating func popFirst() -> Pair? {
    guard let first = items.first else { return nil }
    let last = items.removeLast()
    guard !items.isEmpty else { return first }
    var place = 0
    while true {
      let left = 2 * place + 1
      guard left < items.count else { break }
      let right = left + 1
      let least = right < items.count && items[right] < items[left] ? right : left
      guard items[least] < last else { break }
      items[place] = items[least]
      place = least
    }
    items[place] = last
    return first
  }
}
