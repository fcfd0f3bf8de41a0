/// The merges of a byte-pair encoding: which neighbours become which token, and in what order.
struct MergeTable: Sendable {
  private struct Merge {
    let rank: Int32
    let result: Int32
  }

  private var merges: [UInt64: Merge] = [:]

  init(capacity: Int) {
    merges.reserveCapacity(capacity)
  }

  /// Adds a merge; of two for the same pair the first stays.
  mutating func insert(_ left: Int32, _ right: Int32, rank: Int32, result: Int32) {
    let key = Self.key(left, right)
    if merges[key] == nil { merges[key] = Merge(rank: rank, result: result) }
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// Merges neighbours, lowest rank first and leftmost first among equals, until none is left.
  ///
  /// O(n log n) in the number of tokens: a linked list of tokens and a heap of candidate merges.
  func merge(_ tokens: inout [EncodedToken]) {
    var word = Word(tokens)
    for place in 0..<max(0, tokens.count - 1) { propose(place, &word) }
    while let candidate = word.candidates.popFirst() {
      let place = candidate.place
      guard word.isAlive[place], word.next[place] < tokens.count else { continue }
      let right = word.next[place]
      let key = Self.key(word.tokens[place].id, word.tokens[right].id)
      guard let merge = merges[key], merge.rank == candidate.rank else { continue }
      word.join(place, right, into: merge.result)
      propose(place, &word)
      let before = word.previous[place]
      if before >= 0 { propose(before, &word) }
    }
    tokens = zip(word.tokens, word.isAlive).filter(\.1).map(\.0)
  }

  private func propose(_ place: Int, _ word: inout Word) {
    let right = word.next[place]
    guard right < word.tokens.count else { return }
    let key = Self.key(word.tokens[place].id, word.tokens[right].id)
    guard let merge = merges[key] else { return }
    word.candidates.insert(Candidate(rank: merge.rank, place: place))
  }
}

/// A pair that may merge: the token at `place` and its right neighbour.
private struct Candidate: Comparable {
  let rank: Int32
  let place: Int

  static func < (left: Candidate, right: Candidate) -> Bool {
    (left.rank, left.place) < (right.rank, right.place)
  }
}

/// The tokens of one piece as a doubly linked list.
private struct Word {
  var tokens: [EncodedToken]
  var next: [Int]
  var previous: [Int]
  var isAlive: [Bool]
  var candidates = CandidateHeap()

  init(_ tokens: [EncodedToken]) {
    self.tokens = tokens
    next = (0..<tokens.count).map { $0 + 1 }
    previous = (0..<tokens.count).map { $0 - 1 }
    isAlive = Array(repeating: true, count: tokens.count)
  }

  mutating func join(_ place: Int, _ right: Int, into id: Int32) {
    let range = tokens[place].utf8Range.lowerBound..<tokens[right].utf8Range.upperBound
    tokens[place] = EncodedToken(id: id, utf8Range: range)
    isAlive[right] = false
    next[place] = next[right]
    if next[right] < tokens.count { previous[next[right]] = place }
  }
}

/// A binary heap with the smallest candidate first.
private struct CandidateHeap {
  private var items: [Candidate] = []

  mutating func insert(_ item: Candidate) {
    items.append(item)
    var place = items.count - 1
    while place > 0, items[place] < items[(place - 1) / 2] {
      items.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func popFirst() -> Candidate? {
    guard let first = items.first else { return nil }
    let last = items.removeLast()
    guard !items.isEmpty else { return first }
    items[0] = last
    var place = 0
    while true {
      let left = 2 * place + 1
      guard left < items.count else { return first }
      let right = left + 1
      let least = right < items.count && items[right] < items[left] ? right : left
      guard items[least] < items[place] else { return first }
      items.swapAt(place, least)
      place = least
    }
  }
}
