/// Appends JSON text to a byte buffer in one of the house's layouts.
///
/// A value is written at once, or an object member by member without building the value first; then
/// the caller sees to the order of members that the canonical layout wants.
public struct JSONWriter: ~Copyable {
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

  private var output: GrowingBytes
  private let layout: Layout
  private var depth = 0
  /// Whether the next member or element is the first one of its object or list.
  private var isFirst = true

  /// A writer of texts that have about this many bytes.
  public init(_ layout: Layout, reserving byteCount: Int = 0) {
    self.layout = layout
    output = GrowingBytes(capacity: byteCount)
  }

  /// What was written.
  public var bytes: [UInt8] { unsafe Array(output.written) }

  /// What was written, as a text.
  public var text: String { unsafe String(decoding: output.written, as: UTF8.self) }

  /// The sha256 of what was written.
  public var contentHash: ContentHash { unsafe ContentHash(of: output.written) }

  /// Appends one value.
  public mutating func write(_ value: JSONValue) {
    switch value {
    case .null: output.append(utf8: "null")
    case .bool(let flag): output.append(utf8: flag ? "true" : "false")
    case .number(let number): write(number)
    case .string(let text): write(text)
    case .array(let values): write(values)
    case .object(let members): write(members)
    }
  }

  /// Appends a text as a string.
  public mutating func write(_ text: String) {
    unsafe text.withBytes { characters in
      output.reserve(characters.count + 2)
      output.append(UInt8(ascii: "\""))
      let isEscaped = unsafe layout == .asciiEscaped && !JSONText.isPrintableASCII(characters)
      if isEscaped {
        for unit in text.utf16 { writeASCII(unit) }
      } else {
        unsafe writeRuns(of: characters)
      }
      output.append(UInt8(ascii: "\""))
    }
  }

  /// Appends a whole number.
  public mutating func write(_ number: Int) {
    if (0..<10).contains(number) {
      output.append(0x30 + UInt8(number))
    } else {
      output.append(utf8: String(number))
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
    if !isFirst { output.append(UInt8(ascii: ",")) }
    isFirst = false
    breakLine()
  }

  /// Appends a member's name; its value is to follow.
  public mutating func name(_ key: String) {
    element()
    write(key)
    output.append(UInt8(ascii: ":"))
    if layout == .pretty { output.append(UInt8(ascii: " ")) }
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
  public mutating func endLine() { output.append(0x0A) }
}

extension JSONWriter {
  private mutating func write(_ number: JSONNumber) {
    guard layout == .canonical, !number.isCanonical, number.double.isFinite else {
      return output.append(utf8: number.literal)
    }
    output.append(utf8: JSONNumber.ecmaScriptText(of: number.double))
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
    output.append(bracket)
    depth += 1
    isFirst = true
  }

  private mutating func end(_ bracket: UInt8) {
    depth -= 1
    if !isFirst { breakLine() }
    isFirst = false
    output.append(bracket)
  }

  private mutating func breakLine() {
    guard layout == .pretty else { return }
    output.append(0x0A)
    for _ in 0..<2 * depth { output.append(0x20) }
  }

  /// Copies what needs no escape in whole runs.
  private mutating func writeRuns(of characters: UnsafeBufferPointer<UInt8>) {
    var start = 0
    while true {
      let end = unsafe JSONText.plainEnd(in: characters, from: start)
      unsafe output.append(UnsafeBufferPointer(rebasing: characters[start..<end]))
      guard end < characters.count else { return }
      write(unsafe characters[end])
      start = end + 1
    }
  }

  private mutating func writeASCII(_ unit: UInt16) {
    if unit < 0x7F { return write(UInt8(truncatingIfNeeded: unit)) }
    writeEscape(unit)
  }

  private mutating func write(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): output.append(utf8: "\\\"")
    case UInt8(ascii: "\\"): output.append(utf8: "\\\\")
    case 0x08: output.append(utf8: "\\b")
    case 0x09: output.append(utf8: "\\t")
    case 0x0A: output.append(utf8: "\\n")
    case 0x0C: output.append(utf8: "\\f")
    case 0x0D: output.append(utf8: "\\r")
    case 0..<0x20: writeEscape(UInt16(byte))
    default: output.append(byte)
    }
  }

  private mutating func writeEscape(_ unit: UInt16) {
    output.append(utf8: "\\u")
    for shift: UInt16 in [12, 8, 4, 0] {
      output.append(hexDigit(UInt8(truncatingIfNeeded: unit >> shift & 15)))
    }
  }
}

extension String {
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
