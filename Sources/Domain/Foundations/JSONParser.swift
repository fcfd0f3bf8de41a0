/// A recursive-descent reader of RFC 8259 over UTF-8 bytes.
///
/// A text is read whole as a `JSONValue`, or pulled piece by piece by one who knows what it must hold:
/// then no value is built that nobody keeps.
public struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  /// A reader of one JSON text.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads the one value that the bytes hold, with white space around it.
  public mutating func document<Result>(
    _ read: (inout JSONParser) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    skipWhiteSpace()
    let result = try read(&self)
    skipWhiteSpace()
    guard position == bytes.count else { throw unexpected("the end of the text") }
    return result
  }

  /// Reads a value of any kind.
  public mutating func value() throws(JSONError) -> JSONValue {
    switch current {
    case UInt8(ascii: "{"): return try members()
    case UInt8(ascii: "["): return try elements()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some(0x30...0x39), UInt8(ascii: "-"): return .number(try number())
    default: throw unexpected("a value")
    }
  }

  /// Reads an object; `member` is called for each member in order and reads its value.
  public mutating func object(
    _ member: (inout JSONParser, String) throws(JSONError) -> Void
  ) throws(JSONError) {
    try enter("{", "an object")
    if !accept("}") {
      repeat {
        let key = try string(or: "a member name in quotes")
        skipWhiteSpace()
        guard accept(":") else { throw unexpected("\":\" after a member name") }
        skipWhiteSpace()
        try member(&self, key)
      } while try goesOn(to: "}")
    }
    depth -= 1
  }

  /// Reads a list; `element` is called for each element in order and reads it.
  public mutating func list(
    _ element: (inout JSONParser) throws(JSONError) -> Void
  ) throws(JSONError) {
    try enter("[", "a list")
    if !accept("]") { repeat { try element(&self) } while try goesOn(to: "]") }
    depth -= 1
  }

  /// Reads a string.
  public mutating func string() throws(JSONError) -> String {
    try string(or: "a string in quotes")
  }

  /// Reads a number that is whole and fits.
  public mutating func int() throws(JSONError) -> Int {
    // One digit, as most counts are, needs no text: a tenth of the time of reading a trace.
    let next = position + 1
    if let digit = current, digit >= 0x30, digit <= 0x39, next < bytes.count,
      bytes[next] == UInt8(ascii: ",") || bytes[next] == UInt8(ascii: "}")
    {
      position = next
      return Int(digit - 0x30)
    }
    guard let value = try value().int else { throw unexpected("a whole number") }
    return value
  }
}

extension JSONParser {
  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipWhiteSpace() {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position += 1
    }
  }

  private mutating func enter(_ bracket: Unicode.Scalar, _ what: String) throws(JSONError) {
    guard current == UInt8(ascii: bracket) else { throw unexpected(what) }
    depth += 1
    guard depth <= Limits.jsonDepth else {
      let (line, column) = place(of: position)
      throw .tooDeep(offset: position, line: line, column: column, limit: Limits.jsonDepth)
    }
    position += 1
    skipWhiteSpace()
  }

  /// Whether a comma announces another member or element, or the bracket ends them all.
  private mutating func goesOn(to bracket: Unicode.Scalar) throws(JSONError) -> Bool {
    skipWhiteSpace()
    if accept(bracket) { return false }
    guard accept(",") else { throw unexpected("\",\" or \"\(bracket)\"") }
    skipWhiteSpace()
    return true
  }

  private mutating func members() throws(JSONError) -> JSONValue {
    var members: [JSONValue.Member] = []
    try object { (parser, key) throws(JSONError) in
      members.append(JSONValue.Member(key: key, value: try parser.value()))
    }
    return .object(members)
  }

  private mutating func elements() throws(JSONError) -> JSONValue {
    var values: [JSONValue] = []
    try list { (parser) throws(JSONError) in values.append(try parser.value()) }
    return .array(values)
  }

  private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  private mutating func word(
    _ text: StaticString,
    _ value: JSONValue
  ) throws(JSONError)
    -> JSONValue
  {
    for byte in "\(text)".utf8 {
      guard current == byte else { throw unexpected("the word \(text)") }
      position += 1
    }
    return value
  }

  private mutating func number() throws(JSONError) -> JSONNumber {
    let start = position
    _ = accept("-")
    if !accept("0") { try digits() }
    if accept(".") { try digits() }
    if accept("e") || accept("E") {
      if !accept("+") { _ = accept("-") }
      try digits()
    }
    let literal = unsafe bytes.withUnsafeBufferPointer {
      unsafe String(decoding: $0[start..<position], as: UTF8.self)
    }
    return JSONNumber(acceptedLiteral: literal)
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = current, byte >= 0x30, byte <= 0x39 { position += 1 }
    guard position > start else { throw unexpected("a digit") }
  }
}

// MARK: - Strings

extension JSONParser {
  private mutating func string(or expected: String) throws(JSONError) -> String {
    guard accept("\"") else { throw unexpected(expected) }
    let start = position
    position = plainEnd(from: start)
    if current == 0x22 {
      defer { position += 1 }
      return try text(bytes.span.extracting(start..<position), at: start)
    }
    return try escapedString(from: start)
  }

  /// Where the run of characters ends that stand for themselves.
  private func plainEnd(from start: Int) -> Int {
    unsafe bytes.withUnsafeBufferPointer { unsafe JSONText.plainEnd(in: $0, from: start) }
  }

  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var content = Array(bytes[start..<position])
    while let byte = current {
      if byte == 0x22 {
        position += 1
        return try text(content.span, at: start)
      }
      guard byte >= 0x20 else { break }
      if byte == 0x5C {
        position += 1
        try escape(into: &content)
      } else {
        let end = plainEnd(from: position)
        content += bytes[position..<end]
        position = end
      }
    }
    throw unexpected("the closing quote of a string")
  }

  private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
    guard let byte = current else { throw unexpected("an escape") }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      position += 1
      content.append(contentsOf: String(try escapedScalar()).utf8)
      return
    default: throw unexpected("one of \" \\ / b f n r t u after a backslash")
    }
    position += 1
  }

  private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
    let start = position
    let first = try fourHexDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    if (0xD800...0xDBFF).contains(first), accept("\\"), accept("u") {
      let second = try fourHexDigits()
      if (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      {
        return scalar
      }
    }
    position = start
    throw unexpected("a paired surrogate escape")
  }

  private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current,
        let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80
      else { throw unexpected("four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private func text(_ content: Span<UInt8>, at start: Int) throws(JSONError) -> String {
    if let text = try? UTF8Span(validating: content) { return String(copying: text) }
    let (line, column) = place(of: start)
    throw .syntax(
      offset: start,
      line: line,
      column: column,
      expected: "UTF-8 text",
      found: "a string with bytes that are not UTF-8"
    )
  }
}

// MARK: - Errors

extension JSONParser {
  private func unexpected(_ expected: String) -> JSONError {
    let (line, column) = place(of: position)
    return .syntax(
      offset: position,
      line: line,
      column: column,
      expected: expected,
      found: foundWord
    )
  }

  private var foundWord: String {
    guard let byte = current else { return "the end of the text" }
    if byte > 0x20, byte < 0x7F { return "\"\(Character(Unicode.Scalar(byte)))\"" }
    let hex = String(byte, radix: 16, uppercase: true)
    return "byte 0x" + (hex.count < 2 ? "0" : "") + hex
  }

  private func place(of offset: Int) -> (line: Int, column: Int) {
    let before = bytes.prefix(offset)
    let line = before.count { $0 == 0x0A } + 1
    let lineStart = (before.lastIndex(of: 0x0A) ?? -1) + 1
    return (line, offset - lineStart + 1)
  }
}
