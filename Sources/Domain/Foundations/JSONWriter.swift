/// Appends JSON text to a byte buffer in one of the house's layouts.
///
/// A value is written at once, or an object member by member without building the value first; then
/// the caller sees to the order of members that the canonical layout wants.
public struct JSONWriter {
  /// How members, numbers and non-ASCII characters are written.
  public enum Layout: Sendable {
    /// One line without spaces.
    case compact
    /// Many lines, indented by two spaces.
    case pretty
    /// RFC 8785: members in order, numbers in ECMAScript's form.
    case canonical
    /// One line in which every character outside ASCII is a `\u` escape.
    case asciiEscaped
  }

  /// What was written.
  public private(set) var bytes: [UInt8] = []
  private let layout: Layout
  private var depth = 0
  /// Whether the next member or element is the first one of its object or list.
  private var isFirst = true

  /// A writer of texts that have about this many bytes.
  public init(_ layout: Layout, reserving byteCount: Int = 0) {
    self.layout = layout
    bytes.reserveCapacity(byteCount)
  }

  /// Appends one value.
  public mutating func write(_ value: JSONValue) {
    switch value {
    case .null: bytes.append(utf8: "null")
    case .bool(let flag): bytes.append(utf8: flag ? "true" : "false")
    case .number(let number): write(number)
    case .string(let text): write(text)
    case .array(let values): write(values)
    case .object(let members): write(members)
    }
  }

  /// Appends a text as a string.
  public mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    if layout != .asciiEscaped || text.isPrintableASCII {
      writeRuns(of: text)
    } else {
      for unit in text.utf16 { writeASCII(unit) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends a whole number.
  public mutating func write(_ number: Int) {
    if (0..<10).contains(number) {
      bytes.append(0x30 + UInt8(number))
    } else {
      bytes.append(utf8: String(number))
    }
  }

  /// Begins an object; each member is a `name` and what is written after it.
  public mutating func beginObject() { begin(UInt8(ascii: "{")) }

  /// Ends the object that was begun last.
  public mutating func endObject() { end(UInt8(ascii: "}")) }

  /// Begins a list; `element` goes before each of its values.
  public mutating func beginList() { begin(UInt8(ascii: "[")) }

  /// Ends the list that was begun last.
  public mutating func endList() { end(UInt8(ascii: "]")) }

  /// Announces the next value of a list.
  public mutating func element() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    breakLine()
  }

  /// Appends a member's name; its value is to follow.
  public mutating func name(_ key: String) {
    element()
    write(key)
    bytes.append(UInt8(ascii: ":"))
    if layout == .pretty { bytes.append(UInt8(ascii: " ")) }
  }

  /// Appends a member that is a text.
  public mutating func member(_ key: String, _ text: String) {
    name(key)
    write(text)
  }

  /// Appends a member of any kind.
  public mutating func member(_ key: String, _ value: JSONValue) {
    name(key)
    write(value)
  }

  /// Appends members as they are.
  public mutating func members(_ members: [JSONValue.Member]) {
    for member in members { self.member(member.key, member.value) }
  }

  /// Ends a line between two texts.
  public mutating func endLine() { bytes.append(0x0A) }
}

extension JSONWriter {
  private mutating func write(_ number: JSONNumber) {
    guard layout == .canonical, !number.isCanonical, number.double.isFinite else {
      return bytes.append(utf8: number.literal)
    }
    bytes.append(utf8: JSONNumber.ecmaScriptText(of: number.double))
  }

  private mutating func write(_ values: [JSONValue]) {
    beginList()
    for value in values {
      element()
      write(value)
    }
    endList()
  }

  private mutating func write(_ members: [JSONValue.Member]) {
    beginObject()
    self.members(ordered(members))
    endObject()
  }

  private func ordered(_ members: [JSONValue.Member]) -> [JSONValue.Member] {
    guard layout == .canonical else { return members }
    let isOrdered = members.indices.dropFirst().allSatisfy {
      !members[$0].key.precedesInUTF16(members[$0 - 1].key)
    }
    return isOrdered ? members : members.sorted { $0.key.precedesInUTF16($1.key) }
  }

  private mutating func begin(_ bracket: UInt8) {
    bytes.append(bracket)
    depth += 1
    isFirst = true
  }

  private mutating func end(_ bracket: UInt8) {
    depth -= 1
    if !isFirst { breakLine() }
    isFirst = false
    bytes.append(bracket)
  }

  private mutating func breakLine() {
    guard layout == .pretty else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: 2 * depth))
  }

  /// Copies what needs no escape in whole runs.
  private mutating func writeRuns(of text: String) {
    unsafe text.withBytes { buffer in
      var start = 0
      while true {
        let end = unsafe JSONText.plainEnd(in: buffer, from: start)
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start..<end]))
        guard end < buffer.count else { return }
        write(unsafe buffer[end])
        start = end + 1
      }
    }
  }

  private mutating func writeASCII(_ unit: UInt16) {
    if unit < 0x7F { return write(UInt8(truncatingIfNeeded: unit)) }
    writeEscape(unit)
  }

  private mutating func write(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): bytes.append(utf8: "\\\"")
    case UInt8(ascii: "\\"): bytes.append(utf8: "\\\\")
    case 0x08: bytes.append(utf8: "\\b")
    case 0x09: bytes.append(utf8: "\\t")
    case 0x0A: bytes.append(utf8: "\\n")
    case 0x0C: bytes.append(utf8: "\\f")
    case 0x0D: bytes.append(utf8: "\\r")
    case 0..<0x20: writeEscape(UInt16(byte))
    default: bytes.append(byte)
    }
  }

  private mutating func writeEscape(_ unit: UInt16) {
    bytes.append(utf8: "\\u")
    for shift: UInt16 in [12, 8, 4, 0] {
      let digit = UInt8(truncatingIfNeeded: unit >> shift & 15)
      bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }
}

extension String {
  /// Whether no character is outside ASCII, nor DEL.
  fileprivate var isPrintableASCII: Bool {
    unsafe withBytes { bytes in
      var high: UInt8 = 0
      for place in bytes.indices { high = unsafe max(high, bytes[place]) }
      return high < 0x7F
    }
  }

  /// The order of RFC 8785: by UTF-16 code units, which is the bytes' order in ASCII.
  fileprivate func precedesInUTF16(_ other: String) -> Bool {
    let isBefore: Bool? = unsafe withBytes { left in
      unsafe other.withBytes { right in
        for place in 0..<min(left.count, right.count) where unsafe left[place] != right[place] {
          let (one, two) = unsafe (left[place], right[place])
          return one < 0x80 && two < 0x80 ? one < two : nil
        }
        return left.count < right.count
      }
    }
    return isBefore ?? utf16.lexicographicallyPrecedes(other.utf16)
  }
}
