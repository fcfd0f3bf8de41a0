/// Decodes tokens one by one and gives out text as soon as it is complete.
///
/// A character's bytes may be spread over tokens; they are held back until the last has come. All
/// pieces joined are what `Tokenizer.decode` gives for all ids.
public struct StreamingDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skipSpecial: Bool
  private var pending: [UInt8] = []
  private var isAtStart = true

  /// A decoder at the start of a text; with `skipSpecial` control tokens give nothing.
  public init(_ tokenizer: Tokenizer, skipSpecial: Bool) {
    self.tokenizer = tokenizer
    self.skipSpecial = skipSpecial
  }

  /// The text that is complete with this token; may be empty.
  public mutating func append(_ id: Int32) -> String {
    if skipSpecial, tokenizer.isControl(id) { return "" }
    var bytes = tokenizer.bytes(of: id)
    if isAtStart, let first = bytes.first {
      isAtStart = false
      if tokenizer.dropsFirstSpace, first == 0x20 { bytes.removeFirst() }
    }
    pending += bytes
    let complete = pending.count - Self.incompleteEnd(of: pending)
    let text = String(decoding: pending[..<complete], as: UTF8.self)
    pending.removeFirst(complete)
    return text
  }

  /// What was held back: U+FFFD if a character was cut off, else nothing.
  public mutating func finish() -> String {
    defer { pending = [] }
    return String(decoding: pending, as: UTF8.self)
  }

  /// How many bytes at the end are the beginning of a character.
  ///
  /// Source: the table of well-formed byte sequences in the Unicode Standard (table 3-7).
  private static func incompleteEnd(of bytes: [UInt8]) -> Int {
    for length in 1...3 where length <= bytes.count {
      let lead = bytes[bytes.count - length]
      guard lead & 0xC0 != 0x80 else { continue }
      let needed =
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
      guard needed > length else { return 0 }
      guard length > 1 else { return 1 }
      let isValid = secondBytes(after: lead).contains(bytes[bytes.count - length + 1])
      return isValid ? length : 0
    }
    return 0
  }

  private static func secondBytes(after lead: UInt8) -> ClosedRange<UInt8> {
    switch lead {
    case 0xE0: 0xA0...0xBF
    case 0xED: 0x80...0x9F
    case 0xF0: 0x90...0xBF
    case 0xF4: 0x80...0x8F
    default: 0x80...0xBF
    }
  }
}
