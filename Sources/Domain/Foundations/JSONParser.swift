/// A recursive-descent reader of RFC 8259 over UTF-8 bytes.
struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads the one value that the bytes hold, with white space around it.
  mutating func document() throws(JSONError) -> JSONValue {
    skipWhiteSpace()
    let result = try value()
    skipWhiteSpace()
    guard position == bytes.count else { throw unexpected("the end of the text") }
    return result
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

  private mutating func value() throws(JSONError) -> JSONValue {
    switch current {
    case UInt8(ascii: "{"): return try nested(object)
    case UInt8(ascii: "["): return try nested(array)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some(0x30...0x39), UInt8(ascii: "-"): return .number(try number())
    default: throw unexpected("a value")
    }
  }

  private mutating func nested(
    _ read: (inout JSONParser) throws(JSONError) -> JSONValue
  ) throws(JSONError) -> JSONValue {
    depth += 1
    guard depth <= Limits.jsonDepth else {
      let (line, column) = place(of: position)
      throw .tooDeep(offset: position, line: line, column: column, limit: Limits.jsonDepth)
    }
    position += 1
    skipWhiteSpace()
    let result = try read(&self)
    depth -= 1
    return result
  }

  private func object(_ parser: inout JSONParser) throws(JSONError) -> JSONValue {
    try parser.members()
  }

  private func array(_ parser: inout JSONParser) throws(JSONError) -> JSONValue {
    try parser.elements()
  }

  private mutating func members() throws(JSONError) -> JSONValue {
    var members: [JSONValue.Member] = []
    if accept("}") { return .object(members) }
    while true {
      guard current == UInt8(ascii: "\"") else { throw unexpected("a member name in quotes") }
      let key = try string()
      skipWhiteSpace()
      guard accept(":") else { throw unexpected("\":\" after a member name") }
      skipWhiteSpace()
      members.append(JSONValue.Member(key: key, value: try value()))
      skipWhiteSpace()
      if accept("}") { return .object(members) }
      guard accept(",") else { throw unexpected("\",\" or \"}\"") }
      skipWhiteSpace()
    }
  }

  private mutating func elements() throws(JSONError) -> JSONValue {
    var values: [JSONValue] = []
    if accept("]") { return .array(values) }
    while true {
      values.append(try value())
      skipWhiteSpace()
      if accept("]") { return .array(values) }
      guard accept(",") else { throw unexpected("\",\" or \"]\"") }
      skipWhiteSpace()
    }
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
    return JSONNumber(acceptedLiteral: String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = current, byte >= 0x30, byte <= 0x39 { position += 1 }
    guard position > start else { throw unexpected("a digit") }
  }
}

// MARK: - Strings

extension JSONParser {
  private mutating func string() throws(JSONError) -> String {
    position += 1
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
