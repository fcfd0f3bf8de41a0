/// A hash table from 64-bit keys to two numbers: open addressing, at most half full.
///
/// The key `UInt64.max` marks an empty place and cannot be used. Every table mixes in a random number
/// of its own, so that no file can be written whose keys all fall on one place; what a look-up
/// answers does not depend on it.
struct PairTable: Sendable {
  /// What a key stands for.
  struct Value: Sendable {
    let first: Int32
    let second: Int32
  }

  private struct Slot: Sendable {
    var key: UInt64 = .max
    var value = Value(first: -1, second: -1)
  }

  private var slots: [Slot]
  private var shift: Int
  private(set) var count = 0
  private let salt = UInt64.random(in: .min ... .max)

  init(capacity: Int = 0) {
    var size = 16
    while size < 2 * capacity { size *= 2 }
    slots = Array(repeating: Slot(), count: size)
    shift = UInt64.bitWidth - size.trailingZeroBitCount
  }

  /// The value of a key, if the table has it.
  subscript(key: UInt64) -> Value? {
    var place = start(of: key)
    while true {
      let slot = slots[place]
      if slot.key == key { return slot.value }
      if slot.key == .max { return nil }
      place = (place + 1) & (slots.count - 1)
    }
  }

  /// Adds a key; says whether it was new, and if not leaves the table as it was.
  @discardableResult
  mutating func insert(_ key: UInt64, _ value: Value) -> Bool {
    precondition(key != .max, "the largest key marks empty places")
    if 2 * (count + 1) > slots.count { grow() }
    var place = start(of: key)
    while slots[place].key != .max {
      if slots[place].key == key { return false }
      place = (place + 1) & (slots.count - 1)
    }
    slots[place] = Slot(key: key, value: value)
    count += 1
    return true
  }

  private func start(of key: UInt64) -> Int {
    let wide = (key ^ salt).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return Int(truncatingIfNeeded: (wide.high ^ wide.low) >> UInt64(shift))
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: 2 * old.count)
    shift -= 1
    count = 0
    for slot in old where slot.key != .max { insert(slot.key, slot.value) }
  }
}
