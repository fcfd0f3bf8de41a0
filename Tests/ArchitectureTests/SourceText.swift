/// A Swift text cut into what the compiler reads, what people read, and what the program says.
struct SourceText: Sendable {
  struct Piece: Sendable, Equatable {
    /// The line, from 1, on which the piece begins.
    var line: Int
    /// The byte at which it begins.
    var offset: Int
    var text: String
  }

  /// Words and single marks, in order.
  private(set) var tokens: [Piece] = []

  /// One piece a comment line.
  private(set) var comments: [Piece] = []

  /// String and regular-expression literals, their interpolations left out.
  private(set) var literals: [Piece] = []

  /// How many lines the text has.
  private(set) var lineCount = 0

  init(_ text: String) {
    var cutter = Cutter(bytes: Array(text.utf8))
    cutter.cutCode(insideInterpolation: false)
    tokens = cutter.tokens
    comments = cutter.comments
    literals = cutter.literals
    lineCount = cutter.line - (text.hasSuffix("\n") ? 1 : 0)
  }
}

/// The one pass over a text that `SourceText` makes.
private struct Cutter {
  let bytes: [UInt8]
  var position = 0
  var line = 1
  var tokens: [SourceText.Piece] = []
  var comments: [SourceText.Piece] = []
  var literals: [SourceText.Piece] = []

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func cutCode(insideInterpolation: Bool) {
    var depth = 0
    while position < bytes.count {
      if starts("//") {
        cutLineComment()
      } else if starts("/*") {
        cutBlockComment()
      } else if let hashes = hashesBefore("\"") {
        cutString(hashes: hashes)
      } else if let end = regexEnd() {
        literals.append(piece(position..<end))
        advance(to: end)
      } else if isWord(bytes[position]) || bytes[position] == UInt8(ascii: "`") {
        cutWord()
      } else {
        let mark = bytes[position]
        if mark == UInt8(ascii: "(") { depth += 1 }
        if mark == UInt8(ascii: ")") { depth -= 1 }
        if insideInterpolation && depth < 0 { return }
        if mark > UInt8(ascii: " ") {
          tokens.append(piece(position..<position + 1))
        }
        advance(to: position + 1)
      }
    }
  }
}

// MARK: - Words and comments

extension Cutter {
  private mutating func cutWord() {
    var end = position + 1
    if bytes[position] == UInt8(ascii: "`") {
      while end < bytes.count && bytes[end] != UInt8(ascii: "`") { end += 1 }
      end = min(end + 1, bytes.count)
    } else {
      while end < bytes.count && isWord(bytes[end]) { end += 1 }
    }
    tokens.append(piece(position..<end))
    advance(to: end)
  }

  private mutating func cutLineComment() {
    var end = position
    while end < bytes.count && bytes[end] != UInt8(ascii: "\n") { end += 1 }
    comments.append(piece(position..<end))
    advance(to: end)
  }

  private mutating func cutBlockComment() {
    var depth = 0
    var start = position
    repeat {
      if starts("/*") {
        depth += 1
        advance(to: position + 2)
      } else if starts("*/") {
        depth -= 1
        advance(to: position + 2)
      } else {
        if bytes[position] == UInt8(ascii: "\n") {
          comments.append(piece(start..<position))
          start = position + 1
        }
        advance(to: position + 1)
      }
    } while depth > 0 && position < bytes.count
    comments.append(piece(start..<position))
  }
}

// MARK: - Literals

extension Cutter {
  private mutating func cutString(hashes: Int) {
    var literal = piece(position..<position)
    let guards = String(repeating: "#", count: hashes)
    advance(to: position + hashes)
    let quotes = starts("\"\"\"") ? "\"\"\"" : "\""
    advance(to: position + quotes.utf8.count)

    var content: [UInt8] = []
    while position < bytes.count && !starts(quotes + guards) {
      if starts("\\" + guards + "(") {
        advance(to: position + hashes + 2)
        cutCode(insideInterpolation: true)
        content.append(UInt8(ascii: " "))
        advance(to: position + 1)
      } else if starts("\\" + guards) {
        content.append(unescaped(position + hashes + 1))
        advance(to: position + hashes + 2)
      } else if quotes.utf8.count == 1 && bytes[position] == UInt8(ascii: "\n") {
        break
      } else {
        content.append(bytes[position])
        advance(to: position + 1)
      }
    }
    literal.text = String(decoding: content, as: UTF8.self)
    literals.append(literal)
    if starts(quotes + guards) { advance(to: position + quotes.utf8.count + hashes) }
  }

  /// What an escape stands for, as far as rules care: a line's end is white space.
  private func unescaped(_ index: Int) -> UInt8 {
    guard index < bytes.count else { return UInt8(ascii: " ") }
    return [UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t")].contains(bytes[index])
      ? UInt8(ascii: " ") : bytes[index]
  }

  /// The end of a regular expression that begins here, on one line; a division is none.
  private func regexEnd() -> Int? {
    guard let hashes = hashesBefore("/") else { return nil }
    let start = position + hashes + 1
    if hashes == 0 {
      let before = tokens.last?.text ?? ""
      guard ["(", ",", "=", ":", "{", "[", "return"].contains(before) else { return nil }
      guard start < bytes.count && bytes[start] > UInt8(ascii: " ") else { return nil }
    }
    var end = start
    while end < bytes.count && bytes[end] != UInt8(ascii: "\n") {
      if bytes[end] == UInt8(ascii: "\\") {
        end += 2
      } else if bytes[end] == UInt8(ascii: "/") {
        return min(end + 1 + hashes, bytes.count)
      } else {
        end += 1
      }
    }
    return nil
  }
}

// MARK: - Reading on

extension Cutter {
  private func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  private func starts(_ mark: String) -> Bool {
    bytes[position...].starts(with: mark.utf8)
  }

  /// How many `#` stand here directly before `mark`; nil where the mark does not follow.
  private func hashesBefore(_ mark: String) -> Int? {
    var end = position
    while end < bytes.count && bytes[end] == UInt8(ascii: "#") { end += 1 }
    return bytes[end...].starts(with: mark.utf8) ? end - position : nil
  }

  /// The bytes of the range, which lies on the line at hand.
  private func piece(_ range: Range<Int>) -> SourceText.Piece {
    let text = String(decoding: bytes[range], as: UTF8.self)
    return SourceText.Piece(line: line, offset: range.lowerBound, text: text)
  }

  private mutating func advance(to end: Int) {
    let end = min(end, bytes.count)
    for byte in bytes[position..<end] where byte == UInt8(ascii: "\n") { line += 1 }
    position = end
  }
}
