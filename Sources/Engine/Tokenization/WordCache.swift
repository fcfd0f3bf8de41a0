/// Pieces that were encoded before, with their tokens: a hash table of bounded size.
///
/// When it is full it starts anew, so that it follows the text at hand.
struct WordCache: Sendable {
  /// A token of a kept piece, its bytes counted from the piece's start.
  struct Token: Sendable {
    let id: Int32
    let start: UInt8
    let end: UInt8
  }

  private struct Slot: Sendable {
    var hash: UInt32 = 0
    /// Where the piece's bytes start in `bytes`.
    var key: UInt32 = 0
    /// Where its tokens start in `tokens`.
    var first: UInt32 = 0
    /// How many bytes the piece has; 0 where nothing is kept.
    var length: UInt8 = 0
    var tokenCount: UInt8 = 0
  }

  /// Longer pieces are rare and not worth keeping.
  static let longestPiece = 64
  /// Room for 65536 pieces: with their bytes and tokens about 6 MB at most.
  private static let slotCount = 1 << 17
  /// How many places a piece may lie at; a bound on the work that a hostile text can cause.
  private static let probes = 8

  private var slots: [Slot] = []
  private var bytes: [UInt8] = []
  private(set) var tokens: [Token] = []
  private var count = 0

  /// A number to look a piece up by.
  static func hash(_ text: [UInt8], _ start: Int, _ end: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for place in start..<end { hash = (hash ^ UInt64(text[place])) &* 0x9E37_79B9_7F4A_7C15 }
    return hash ^ (hash >> 32)
  }

  /// Where in `tokens` a piece's tokens lie, if it is kept.
  func find(_ text: [UInt8], _ start: Int, _ end: Int, hash: UInt64) -> Range<Int>? {
    guard !slots.isEmpty else { return nil }
    let length = UInt8(truncatingIfNeeded: end - start)
    var place = Int(truncatingIfNeeded: hash >> 32) & (Self.slotCount - 1)
    for _ in 0..<Self.probes {
      let slot = slots[place]
      if slot.length == 0 { return nil }
      if slot.hash == UInt32(truncatingIfNeeded: hash), slot.length == length,
        holds(text, start, end, at: Int(slot.key))
      {
        return Int(slot.first)..<Int(slot.first) + Int(slot.tokenCount)
      }
      place = (place + 1) & (Self.slotCount - 1)
    }
    return nil
  }

  private func holds(_ text: [UInt8], _ start: Int, _ end: Int, at key: Int) -> Bool {
    for offset in 0..<end - start where text[start + offset] != bytes[key + offset] { return false }
    return true
  }

  /// Keeps a piece that `find` did not find, unless all its places are taken.
  mutating func insert(
    _ text: [UInt8],
    _ start: Int,
    _ end: Int,
    hash: UInt64,
    _ symbols: [Symbol]
  ) {
    if slots.isEmpty || 2 * count >= Self.slotCount { startAnew() }
    var place = Int(truncatingIfNeeded: hash >> 32) & (Self.slotCount - 1)
    for _ in 0..<Self.probes where slots[place].length != 0 {
      place = (place + 1) & (Self.slotCount - 1)
    }
    guard slots[place].length == 0 else { return }
    slots[place] = Slot(
      hash: UInt32(truncatingIfNeeded: hash),
      key: UInt32(bytes.count),
      first: UInt32(tokens.count),
      length: UInt8(end - start),
      tokenCount: UInt8(symbols.count)
    )
    count += 1
    bytes += text[start..<end]
    for symbol in symbols {
      tokens.append(
        Token(id: symbol.id, start: UInt8(symbol.start - start), end: UInt8(symbol.end - start))
      )
    }
  }

  private mutating func startAnew() {
    slots = Array(repeating: Slot(), count: Self.slotCount)
    bytes.removeAll(keepingCapacity: true)
    tokens.removeAll(keepingCapacity: true)
    count = 0
  }
}
