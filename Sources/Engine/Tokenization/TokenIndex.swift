import ModelFormats

/// Finds tokens by their spelling.
///
/// Keys are bytes: Swift's own equality of strings would mix up canonically equal tokens.
struct TokenIndex: Sendable {
  private let spellings: PackedStrings
  private var slots: [Int32]
  private let salt = UInt64.random(in: .min ... .max)

  /// An index of all spellings but the empty ones; of two equal ones the first is found.
  init(_ spellings: PackedStrings) {
    self.spellings = spellings
    var size = 16
    while size < 2 * spellings.count { size *= 2 }
    slots = Array(repeating: -1, count: size)
    for id in spellings.indices {
      let spelling = spellings[id]
      guard !spelling.isEmpty else { continue }
      let (place, found) = locate(spelling, [])
      if found == nil { slots[place] = Int32(id) }
    }
  }

  /// The token that is spelled `spelling`.
  func id(of spelling: ArraySlice<UInt8>) -> Int32? { locate(spelling, []).found }

  /// The token that is spelled like two parts one after the other.
  func id(of left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int32? {
    locate(left, right).found
  }

  private func locate(
    _ left: ArraySlice<UInt8>,
    _ right: ArraySlice<UInt8>
  ) -> (place: Int, found: Int32?) {
    var hash = salt
    for byte in left { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    for byte in right { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    hash = (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
    var place = Int(truncatingIfNeeded: (hash ^ (hash >> 29)) & UInt64(slots.count - 1))
    while slots[place] >= 0 {
      let spelling = spellings[Int(slots[place])]
      if spelling.count == left.count + right.count, spelling.starts(with: left),
        spelling.dropFirst(left.count).elementsEqual(right)
      {
        return (place, slots[place])
      }
      place = (place + 1) & (slots.count - 1)
    }
    return (place, nil)
  }
}
