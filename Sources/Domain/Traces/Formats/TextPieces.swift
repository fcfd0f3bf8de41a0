import Foundations

/// Cuts running text into the contents of steps.
enum TextPieces {
  /// The text without the white space of ASCII around it.
  static func trimmed(_ text: Substring) -> String {
    let bytes = text.utf8
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(text[first...last])
  }

  /// The first place of some bytes in a text.
  static func first(_ needle: String, in text: String) -> Range<String.Index>? {
    guard let head = needle.utf8.first else { return nil }
    let bytes = text.utf8
    var start = bytes.startIndex
    while let place = bytes[start...].firstIndex(of: head) {
      if bytes[place...].starts(with: needle.utf8) {
        return place..<bytes.index(place, offsetBy: needle.utf8.count)
      }
      start = bytes.index(after: place)
    }
    return nil
  }

  /// The last place of some bytes in a text.
  static func last(_ needle: String, in text: String) -> Range<String.Index>? {
    guard let head = needle.utf8.first else { return nil }
    let bytes = text.utf8
    var end = bytes.endIndex
    while let place = bytes[..<end].lastIndex(of: head) {
      if bytes[place...].starts(with: needle.utf8) {
        return place..<bytes.index(place, offsetBy: needle.utf8.count)
      }
      end = place
    }
    return nil
  }

  static func trimmed(_ text: String) -> String { trimmed(text[...]) }

  /// The paragraphs of a text, each fit to be a step: blank lines part them.
  ///
  /// A paragraph beyond a step's limit is cut at a line break or a space near the limit. Where
  /// there are more paragraphs than a trace may have steps, neighbours are joined again.
  static func steps(of text: String) -> [String] {
    let pieces = paragraphs(of: text).flatMap { cut($0, limit: Limits.stepContentCharacters) }
    return pieces.count <= Limits.traceSteps ? pieces : packed(pieces)
  }

  /// The lines that hold more than white space, trimmed.
  static func lines(of text: String) -> [String] {
    text.utf8.split(separator: 0x0A).map { trimmed(Substring($0)) }.filter { !$0.isEmpty }
  }

  private static func paragraphs(of text: String) -> [String] {
    var paragraphs: [String] = []
    let bytes = text.utf8
    var start = bytes.startIndex
    var end = bytes.startIndex
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      if line.allSatisfy(isSpace) {
        append(text[start..<end], to: &paragraphs)
        start = line.endIndex
      }
      end = line.endIndex
    }
    append(text[start..<end], to: &paragraphs)
    return paragraphs
  }

  private static func append(_ text: Substring, to paragraphs: inout [String]) {
    let paragraph = trimmed(text)
    if !paragraph.isEmpty { paragraphs.append(paragraph) }
  }

  private static func cut(_ text: String, limit: Int) -> [String] {
    if text.utf8.count <= limit { return [text] }
    var pieces: [String] = []
    var rest = text.unicodeScalars[...]
    while let end = rest.index(rest.startIndex, offsetBy: limit, limitedBy: rest.endIndex),
      end < rest.endIndex
    {
      let tail = rest[rest.index(end, offsetBy: -limit / 10)..<end]
      let place = tail.lastIndex { $0 == "\n" } ?? tail.lastIndex { $0 == " " } ?? end
      append(Substring(rest[..<place]), to: &pieces)
      rest = rest[place...]
    }
    append(Substring(rest), to: &pieces)
    return pieces
  }

  private static func packed(_ pieces: [String]) -> [String] {
    var packed: [String] = []
    var room = 0
    for piece in pieces {
      let size = piece.unicodeScalars.count + 2
      if size <= room, let last = packed.popLast() {
        packed.append(last + "\n\n" + piece)
      } else {
        packed.append(piece)
        room = Limits.stepContentCharacters
      }
      room -= size
    }
    return packed
  }
}

func isSpace(_ byte: UInt8) -> Bool {
  byte == 0x20 || (0x09...0x0D).contains(byte)
}
