import ModelFormats

extension PackedStrings {
  /// Byte strings one after the other.
  init(bytes strings: some Sequence<some Sequence<UInt8>>) {
    self.init()
    for string in strings { append(string) }
  }
}

/// SentencePiece's spelling of texts: U+2581, "lower one eighth block", stands for the space.
enum SpaceMark {
  /// The mark's scalar value.
  static let value: UInt32 = 0x2581
  /// The mark in UTF-8.
  static let bytes: [UInt8] = [0xE2, 0x96, 0x81]

  /// The text that a spelling stands for.
  static func text(of spelling: some Collection<UInt8>) -> [UInt8] {
    replacing(bytes, by: [0x20], in: Array(spelling))
  }

  private static func replacing(_ old: [UInt8], by new: [UInt8], in text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      if text[place] == old[0], text[place...].starts(with: old) {
        result += new
        place += old.count
      } else {
        result.append(text[place])
        place += 1
      }
    }
    return result
  }
}
