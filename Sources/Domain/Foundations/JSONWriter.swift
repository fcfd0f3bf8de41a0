/// Appends JSON text to a byte buffer in one of the house's layouts.
struct JSONWriter {
  /// How members, numbers and non-ASCII characters are written.
  enum Layout {
    case compact
    case pretty
    case canonical
    case asciiEscaped
  }

  private(set) var bytes: [UInt8] = []
  private let layout: Layout
  private var depth = 0

  init(_ layout: Layout) {
    self.layout = layout
  }

  /// Appends one value.
  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: append("null")
    case .bool(let flag): append(flag ? "true" : "false")
    case .number(let number): write(number)
    case .string(let text): write(text)
    case .array(let values): write(values)
    case .object(let members): write(members)
    }
  }
}

extension JSONWriter {
  private mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func write(_ number: JSONNumber) {
    guard layout == .canonical, !number.isCanonical, number.double.isFinite else {
      return append(number.literal)
    }
    append(JSONNumber.ecmaScriptText(of: number.double))
  }

  private mutating func write(_ values: [JSONValue]) {
    bytes.append(UInt8(ascii: "["))
    depth += 1
    for (index, value) in values.enumerated() {
      separate(isFirst: index == 0)
      write(value)
    }
    depth -= 1
    if !values.isEmpty { breakLine() }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func write(_ members: [JSONValue.Member]) {
    bytes.append(UInt8(ascii: "{"))
    depth += 1
    for (index, member) in ordered(members).enumerated() {
      separate(isFirst: index == 0)
      write(member.key)
      append(layout == .pretty ? ": " : ":")
      write(member.value)
    }
    depth -= 1
    if !members.isEmpty { breakLine() }
    bytes.append(UInt8(ascii: "}"))
  }

  private func ordered(_ members: [JSONValue.Member]) -> [JSONValue.Member] {
    guard layout == .canonical else { return members }
    return members.sorted { $0.key.precedesInUTF16($1.key) }
  }

  private mutating func separate(isFirst: Bool) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    breakLine()
  }

  private mutating func breakLine() {
    guard layout == .pretty else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: 2 * depth))
  }

  private mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    if layout == .asciiEscaped, !text.utf8.allSatisfy({ $0 < 0x7F }) {
      for unit in text.utf16 { writeASCII(unit) }
    } else {
      writeRuns(of: text)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Copies what needs no escape in whole runs.
  private mutating func writeRuns(of text: String) {
    var text = text
    text.withUTF8 { buffer in
      var start = 0
      for place in buffer.indices {
        let byte = unsafe buffer[place]
        guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
        unsafe bytes.append(contentsOf: buffer[start..<place])
        write(byte)
        start = place + 1
      }
      unsafe bytes.append(contentsOf: buffer[start...])
    }
  }

  private mutating func writeASCII(_ unit: UInt16) {
    if unit < 0x7F { return write(UInt8(truncatingIfNeeded: unit)) }
    writeEscape(unit)
  }

  private mutating func write(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case 0x08: append("\\b")
    case 0x09: append("\\t")
    case 0x0A: append("\\n")
    case 0x0C: append("\\f")
    case 0x0D: append("\\r")
    case 0..<0x20: writeEscape(UInt16(byte))
    default: bytes.append(byte)
    }
  }

  private mutating func writeEscape(_ unit: UInt16) {
    let hex = String(unit, radix: 16)
    append("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
  }
}

extension String {
  /// The order of RFC 8785: by UTF-16 code units, which is the bytes' order in ASCII.
  fileprivate func precedesInUTF16(_ other: String) -> Bool {
    for (left, right) in zip(utf8, other.utf8) where left != right {
      if left < 0x80, right < 0x80 { return left < right }
      return utf16.lexicographicallyPrecedes(other.utf16)
    }
    return utf8.count < other.utf8.count
  }
}
