/// What reading and writing JSON strings have in common.
enum JSONText {
  /// Where the run of bytes ends that stand for themselves in a string: at a quote, a backslash, a
  /// control character or the end.
  static func plainEnd(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var place = start
    // Eight bytes at a time, while none of them is special.
    while place + 8 <= bytes.count {
      let word = unsafe UnsafeRawBufferPointer(bytes).loadUnaligned(
        fromByteOffset: place,
        as: UInt64.self
      )
      if hasSpecial(word) { break }
      place += 8
    }
    while place < bytes.count, unsafe !isSpecial(bytes[place]) { place += 1 }
    return place
  }

  /// Whether no character is outside ASCII, nor DEL.
  static func isPrintableASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var high: UInt8 = 0
    for place in bytes.indices { high = unsafe max(high, bytes[place]) }
    return high < 0x7F
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x22 || byte == 0x5C
  }

  /// Whether a byte of the word is special; may only err to yes.
  ///
  /// The tests for a byte below a bound and for a zero byte: Warren, "Hacker's Delight", section 6-1.
  private static func hasSpecial(_ word: UInt64) -> Bool {
    let quote = word ^ 0x2222_2222_2222_2222
    let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
    let control = (word &- 0x2020_2020_2020_2020) & ~word
    let quotes = (quote &- 0x0101_0101_0101_0101) & ~quote
    let backslashes = (backslash &- 0x0101_0101_0101_0101) & ~backslash
    return (control | quotes | backslashes) & 0x8080_8080_8080_8080 != 0
  }
}
