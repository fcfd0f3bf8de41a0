// The layout, little-endian (specification: docs/gguf.md of ggml):
// magic, version, tensor count, metadata count; per metadata: key, type, value; per tensor: name,
// dimensions (fastest first), type, offset; then, aligned, the data.

/// Everything before the data of a GGUF file.
struct GGUFHeader: Sendable {
  var version: UInt32 = 0
  var alignment = 32
  var metadata = GGUFMetadata()
  var tensors: [StoredTensor] = []
}

/// Reads the parts of a GGUF header one after another and checks every bound.
///
/// `offset` never passes the end: every read looks first whether enough bytes are left, and every
/// count is held against the bytes that its items would need at least.
struct GGUFReader {
  let path: String
  var offset = 0

  /// Reads and checks a whole header.
  static func header(of bytes: Span<UInt8>, path: String) throws(FormatError) -> GGUFHeader {
    var reader = GGUFReader(path: path)
    var header = GGUFHeader()
    let (tensorCount, valueCount) = try reader.start(bytes, &header)
    for _ in 0..<valueCount { try reader.metadata(bytes, &header.metadata) }
    header.alignment = try reader.alignment(header.metadata)
    try reader.tensors(bytes, tensorCount, &header)
    return header
  }

  private mutating func start(
    _ bytes: Span<UInt8>,
    _ header: inout GGUFHeader
  ) throws(FormatError) -> (tensors: Int, values: Int) {
    let magic = try uint32(bytes)
    guard magic == 0x4655_4747 else {
      throw damaged(0, "the magic GGUF", "0x" + String(magic.byteSwapped, radix: 16))
    }
    header.version = try uint32(bytes)
    if header.version.byteSwapped <= 16 {
      throw .unsupported(path: path, what: "a big-endian GGUF", supported: ["little-endian"])
    }
    guard (2...3).contains(header.version) else {
      throw .unsupported(
        path: path,
        what: "GGUF version \(header.version)",
        supported: ["version 2", "version 3"]
      )
    }
    // A tensor takes at least 8 + 1 + 4 + 8 + 4 + 8 bytes, a value 8 + 1 + 4 + 1.
    let tensors = try count(bytes, itemBytes: 33, of: "tensors")
    return (tensors, try count(bytes, itemBytes: 14, of: "metadata values"))
  }

  private func alignment(_ metadata: GGUFMetadata) throws(FormatError) -> Int {
    guard let value = metadata["general.alignment"] else { return 32 }
    guard let alignment = value.integer, alignment > 0, alignment <= 1 << 20,
      alignment & (alignment - 1) == 0
    else {
      throw .invalidSetting(
        path: path,
        key: "general.alignment",
        expected: "a power of two",
        found: value.kind
      )
    }
    return alignment
  }
}

// MARK: metadata

extension GGUFReader {
  private mutating func metadata(
    _ bytes: Span<UInt8>,
    _ metadata: inout GGUFMetadata
  ) throws(FormatError) {
    let start = offset
    let key = try name(bytes, limit: 65_535)
    let value = try value(bytes)
    guard metadata.insert(value, for: key) else {
      throw damaged(start, "a new key", "\(key) for the second time")
    }
  }

  private mutating func value(_ bytes: Span<UInt8>) throws(FormatError) -> GGUFValue {
    let start = offset
    switch try uint32(bytes) {
    case 0: return .unsigned(UInt64(try uint8(bytes)))
    case 1: return .signed(Int64(Int8(bitPattern: try uint8(bytes))))
    case 2: return .unsigned(UInt64(try uint16(bytes)))
    case 3: return .signed(Int64(Int16(bitPattern: try uint16(bytes))))
    case 4: return .unsigned(UInt64(try uint32(bytes)))
    case 5: return .signed(Int64(Int32(bitPattern: try uint32(bytes))))
    case 6: return .float(Float(bitPattern: try uint32(bytes)))
    case 7: return .bool(try bool(bytes))
    case 8: return .string(try string(bytes))
    case 9: return try array(bytes)
    case 10: return .unsigned(try uint64(bytes))
    case 11: return .signed(Int64(bitPattern: try uint64(bytes)))
    case 12: return .double(Double(bitPattern: try uint64(bytes)))
    case let other: throw damaged(start, "a value type from 0 to 12", "\(other)")
    }
  }

  private mutating func array(_ bytes: Span<UInt8>) throws(FormatError) -> GGUFValue {
    let start = offset
    let type = try uint32(bytes)
    let sizes = [1, 1, 2, 2, 4, 4, 4, 1, 8, 0, 8, 8, 8]
    guard type < sizes.count, type != 9 else {
      throw damaged(start, "a list of plain values (type 0 to 12, not 9)", "type \(type)")
    }
    let count = try count(bytes, itemBytes: sizes[Int(type)], of: "list items")
    switch type {
    case 7:
      return .bools(try list(count) { (reader) throws(FormatError) in try reader.bool(bytes) })
    case 8: return .strings(try strings(bytes, count))
    case 6:
      return .doubles(
        try list(count) { (reader) throws(FormatError) in
          Double(Float(bitPattern: try reader.uint32(bytes)))
        }
      )
    case 12:
      return .doubles(
        try list(count) { (reader) throws(FormatError) in
          Double(bitPattern: try reader.uint64(bytes))
        }
      )
    default:
      return .integers(
        try list(count) { (reader) throws(FormatError) in try reader.integer(bytes, type) }
      )
    }
  }

  private mutating func list<Item>(
    _ count: Int,
    _ read: (inout GGUFReader) throws(FormatError) -> Item
  ) throws(FormatError) -> [Item] {
    var items: [Item] = []
    items.reserveCapacity(count)
    for _ in 0..<count { items.append(try read(&self)) }
    return items
  }

  private mutating func strings(
    _ bytes: Span<UInt8>,
    _ count: Int
  ) throws(FormatError) -> PackedStrings {
    var strings = PackedStrings()
    strings.reserve(count)
    for _ in 0..<count {
      let length = try self.count(bytes, itemBytes: 1, of: "bytes of a string")
      let start = try take(length, bytes)
      strings.append(bytes, start..<start + length)
    }
    return strings
  }

  private mutating func integer(
    _ bytes: Span<UInt8>,
    _ type: UInt32
  ) throws(FormatError) -> Int64 {
    let start = offset
    switch type {
    case 0: return Int64(try uint8(bytes))
    case 1: return Int64(Int8(bitPattern: try uint8(bytes)))
    case 2: return Int64(try uint16(bytes))
    case 3: return Int64(Int16(bitPattern: try uint16(bytes)))
    case 4: return Int64(try uint32(bytes))
    case 5: return Int64(Int32(bitPattern: try uint32(bytes)))
    case 11: return Int64(bitPattern: try uint64(bytes))
    default:
      let value = try uint64(bytes)
      guard let signed = Int64(exactly: value) else {
        throw damaged(start, "a number below 2^63", "\(value)")
      }
      return signed
    }
  }
}

// MARK: plain values

extension GGUFReader {
  mutating func uint8(_ bytes: Span<UInt8>) throws(FormatError) -> UInt8 {
    bytes[try take(1, bytes)]
  }

  mutating func uint16(_ bytes: Span<UInt8>) throws(FormatError) -> UInt16 {
    bytes.uint16(at: try take(2, bytes))
  }

  mutating func uint32(_ bytes: Span<UInt8>) throws(FormatError) -> UInt32 {
    bytes.uint32(at: try take(4, bytes))
  }

  mutating func uint64(_ bytes: Span<UInt8>) throws(FormatError) -> UInt64 {
    bytes.uint64(at: try take(8, bytes))
  }

  mutating func bool(_ bytes: Span<UInt8>) throws(FormatError) -> Bool {
    let start = offset
    let value = try uint8(bytes)
    guard value <= 1 else { throw damaged(start, "0 or 1", "\(value)") }
    return value == 1
  }

  mutating func string(_ bytes: Span<UInt8>) throws(FormatError) -> [UInt8] {
    let length = try count(bytes, itemBytes: 1, of: "bytes of a string")
    let start = try take(length, bytes)
    return [UInt8](capacity: length) { output in
      for i in start..<start + length { output.append(bytes[i]) }
    }
  }

  /// A string that is a name: UTF-8, not empty, not longer than `limit` bytes.
  mutating func name(_ bytes: Span<UInt8>, limit: Int) throws(FormatError) -> String {
    let start = offset
    let raw = try string(bytes)
    guard let text = String(validating: raw, as: UTF8.self), !raw.isEmpty, raw.count <= limit else {
      throw damaged(start, "a name of 1 to \(limit) bytes in UTF-8", "\(raw.count) bytes")
    }
    return text
  }

  /// A count that the rest of the file can hold.
  mutating func count(
    _ bytes: Span<UInt8>,
    itemBytes: Int,
    of what: String
  ) throws(FormatError) -> Int {
    let start = offset
    let value = try uint64(bytes)
    let most = (bytes.count - offset) / itemBytes
    guard value <= UInt64(most) else {
      throw damaged(start, "at most \(most) \(what) in the bytes that follow", "\(value)")
    }
    return Int(value)
  }

  /// Steps over `size` bytes and returns where they start.
  fileprivate mutating func take(_ size: Int, _ bytes: Span<UInt8>) throws(FormatError) -> Int {
    guard size <= bytes.count - offset else {
      throw damaged(offset, "\(size) more bytes", "the end of the file at byte \(bytes.count)")
    }
    defer { offset += size }
    return offset
  }

  func damaged(_ offset: Int, _ expected: String, _ found: String) -> FormatError {
    .damaged(path: path, offset: offset, expected: expected, found: found)
  }
}
