/// Rows packed into bins of a given length, so that the passes of a training hold about equally many
/// tokens.
///
/// Best-fit-decreasing: rows from the longest to the shortest, each into the fullest bin that still
/// has room for it. Ties go to the row that came first and to the bin that came first to its room, so
/// the result depends on nothing but the lengths. No row is cut and none is split. O(n (log n + L)) for n rows
/// and bins of L tokens. Source: Ding et al., 2024, "Fewer Truncations Improve Language Modeling"
/// (arXiv 2404.10830).
public struct RowPacker: Sendable, Hashable {
  /// The most tokens of a bin.
  public let capacity: Int

  /// A packer; traps unless a bin holds at least one token.
  public init(capacity: Int) {
    precondition(capacity > 0, "a bin of \(capacity) tokens holds nothing")
    self.capacity = capacity
  }

  /// The rows of each bin as indices into `lengths`; traps when a row is longer than a bin.
  public func bins(_ lengths: [Int]) -> [[Int]] {
    // `sort` is not promised to be stable, so the order of equal lengths is spelled out.
    let order = lengths.indices.sorted { (lengths[$0], $1) > (lengths[$1], $0) }
    var bins: [[Int]] = []
    var open = OpenBins(capacity: capacity)
    for row in order {
      let length = lengths[row]
      precondition(length <= capacity, "a row of \(length) tokens in bins of \(capacity)")
      if let (bin, room) = open.take(roomFor: length) {
        bins[bin].append(row)
        open.add(bin, room: room - length)
      } else {
        bins.append([row])
        open.add(bins.count - 1, room: capacity - length)
      }
    }
    return bins
  }

  /// How well rows fill their bins: tokens over the room of all bins, 0 to 1.
  public func efficiency(_ lengths: [Int], bins: Int) -> Double {
    Double(lengths.reduce(0, +)) / Double(max(1, bins * capacity))
  }
}

/// Bins by the room that is left in them; bins of one room stand in line in the order in which they
/// came to it.
private struct OpenBins {
  private struct Line {
    var bins: [Int] = []
    var taken = 0
    var isEmpty: Bool { taken == bins.count }
  }

  private var lines: [Line]
  /// The rooms that some bin has, rising.
  private var rooms: [Int] = []

  init(capacity: Int) {
    lines = Array(repeating: Line(), count: capacity + 1)
  }

  /// Takes out the fullest bin that has room for `length` tokens.
  mutating func take(roomFor length: Int) -> (bin: Int, room: Int)? {
    let place = firstPlace(atLeast: length)
    guard place < rooms.count else { return nil }
    let room = rooms[place]
    let bin = lines[room].bins[lines[room].taken]
    lines[room].taken += 1
    if lines[room].isEmpty {
      lines[room] = Line()
      rooms.remove(at: place)
    }
    return (bin, room)
  }

  mutating func add(_ bin: Int, room: Int) {
    if lines[room].isEmpty { rooms.insert(room, at: firstPlace(atLeast: room)) }
    lines[room].bins.append(bin)
  }

  private func firstPlace(atLeast room: Int) -> Int {
    var low = 0
    var high = rooms.count
    while low < high {
      let middle = (low + high) / 2
      if rooms[middle] < room { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
