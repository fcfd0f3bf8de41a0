/// A word of the template language.
enum TemplateToken: Hashable, Sendable {
  case name(String)
  case string(String)
  case int(Int)
  case symbol(String)
}

/// A stretch of a template.
enum TemplatePart: Sendable {
  case text(String)
  /// `{{ … }}`
  case output([TemplateToken])
  /// `{% … %}`
  case statement([TemplateToken])
}

/// Cuts a template of Jinja's language into parts, with `trim_blocks` and `lstrip_blocks` on.
///
/// Source: the Jinja documentation, "Template Designer Documentation", sections "Whitespace Control"
/// and "Literals".
struct TemplateLexer {
  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var parts: [TemplatePart] = []
  /// Set by `-%}`: the next text loses its white space at the start.
  private var stripsNext = false
  /// Set by `%}`: the next text loses one line break at the start.
  private var dropsLineBreak = false

  private init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  static func parts(of text: String) throws(TemplateError) -> [TemplatePart] {
    var lexer = TemplateLexer(text)
    while lexer.place < lexer.scalars.count { try lexer.readPart() }
    return lexer.parts
  }

  private func starts(_ mark: String, at place: Int) -> Bool {
    let marks = mark.unicodeScalars
    guard place + marks.count <= scalars.count else { return false }
    return scalars[place..<place + marks.count].elementsEqual(marks)
  }

  private mutating func readPart() throws(TemplateError) {
    var end = place
    while end < scalars.count,
      !(scalars[end] == "{" && end + 1 < scalars.count
        && "{%#".unicodeScalars.contains(scalars[end + 1]))
    {
      end += 1
    }
    let opening = end < scalars.count ? scalars[end + 1] : nil
    let control = end + 2 < scalars.count ? scalars[end + 2] : nil
    addText(
      place..<end,
      strips: opening != nil && control == "-",
      lstrips: isBlock(opening, control)
    )
    guard let opening else {
      place = end
      return
    }
    place = end + (control == "-" || control == "+" ? 3 : 2)
    switch opening {
    case "#": try skipComment()
    case "{": parts.append(.output(try readTokens(until: "}}")))
    default: parts.append(.statement(try readTokens(until: "%}")))
    }
  }

  private func isBlock(_ opening: Unicode.Scalar?, _ control: Unicode.Scalar?) -> Bool {
    (opening == "%" || opening == "#") && control != "+"
  }

  private mutating func addText(_ range: Range<Int>, strips: Bool, lstrips: Bool) {
    var (start, end) = (range.lowerBound, range.upperBound)
    if stripsNext {
      while start < end, scalars[start].isTemplateSpace { start += 1 }
    } else if dropsLineBreak, start < end {
      if starts("\r\n", at: start) { start += 2 } else if scalars[start] == "\n" { start += 1 }
    }
    (stripsNext, dropsLineBreak) = (false, false)
    if strips {
      while end > start, scalars[end - 1].isTemplateSpace { end -= 1 }
    } else if lstrips {
      var first = end
      while first > start, scalars[first - 1] == " " || scalars[first - 1] == "\t" { first -= 1 }
      // Only white space that starts its line goes; before the text's start there was a tag.
      if first == 0 || scalars[first - 1] == "\n" { end = max(first, start) }
    }
    guard start < end else { return }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[start..<end])
    parts.append(.text(String(text)))
  }

  private mutating func skipComment() throws(TemplateError) {
    while place < scalars.count, !starts("#}", at: place) { place += 1 }
    guard place < scalars.count else { throw .unsupported("a comment without an end") }
    stripsNext = scalars[place - 1] == "-"
    dropsLineBreak = true
    place += 2
  }

  private mutating func readTokens(until end: String) throws(TemplateError) -> [TemplateToken] {
    var tokens: [TemplateToken] = []
    while place < scalars.count {
      if starts("-" + end, at: place) {
        place += 3
        stripsNext = true
        return tokens
      }
      if starts(end, at: place), !(end == "}}" && Self.openBraces(tokens) > 0) {
        place += 2
        dropsLineBreak = end == "%}"
        return tokens
      }
      if let token = try readToken() { tokens.append(token) }
    }
    throw .unsupported("a tag without an end")
  }

  private static func openBraces(_ tokens: [TemplateToken]) -> Int {
    tokens.reduce(0) { $0 + ($1 == .symbol("{") ? 1 : $1 == .symbol("}") ? -1 : 0) }
  }

  private mutating func readToken() throws(TemplateError) -> TemplateToken? {
    let first = scalars[place]
    if first.isTemplateSpace {
      place += 1
      return nil
    }
    if first == "'" || first == "\"" { return .string(try readString(quote: first)) }
    if first.isASCII, first.properties.numericType != nil {
      let start = place
      while place < scalars.count, ("0"..."9").contains(scalars[place]) { place += 1 }
      guard let value = Int(scalars[start..<place].map { String($0) }.joined()) else {
        throw .unsupported("a number that is too large")
      }
      return .int(value)
    }
    if first == "_" || (first.isASCII && first.properties.isAlphabetic) {
      let start = place
      while place < scalars.count,
        scalars[place] == "_"
          || (scalars[place].isASCII
            && (scalars[place].properties.isAlphabetic
              || scalars[place].properties.numericType != nil))
      {
        place += 1
      }
      return .name(scalars[start..<place].map { String($0) }.joined())
    }
    for symbol in ["==", "!=", "<=", ">=", "//", "**"] where starts(symbol, at: place) {
      place += 2
      return .symbol(symbol)
    }
    place += 1
    return .symbol(String(first))
  }

  private mutating func readString(quote: Unicode.Scalar) throws(TemplateError) -> String {
    var text = String.UnicodeScalarView()
    place += 1
    while place < scalars.count {
      let scalar = scalars[place]
      place += 1
      if scalar == quote { return String(text) }
      guard scalar == "\\" else {
        text.append(scalar)
        continue
      }
      guard place < scalars.count else { break }
      switch scalars[place] {
      case "n": text.append("\n")
      case "t": text.append("\t")
      case "r": text.append("\r")
      case "\\", "'", "\"": text.append(scalars[place])
      default: throw .unsupported("the escape \\\(scalars[place])")
      }
      place += 1
    }
    throw .unsupported("a text without an end")
  }
}

extension Unicode.Scalar {
  /// What Python's regular expressions call white space.
  var isTemplateSpace: Bool {
    properties.isWhitespace || (0x1C...0x1F).contains(value)
  }
}
