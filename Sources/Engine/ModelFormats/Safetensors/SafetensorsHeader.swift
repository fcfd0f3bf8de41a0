import Foundations

/// The header of a safetensors file, checked.
struct SafetensorsHeader {
  /// The largest header that the format's own library reads.
  static let limitBytes = 100_000_000
  /// The types that can be decoded.
  static let readableTypes = ["F32", "F16", "BF16"]

  var metadata: [String: String] = [:]
  /// In the order of their data.
  var tensors: [StoredTensor] = []
  var unreadable: [String: String] = [:]

  private static let bitsByType = [
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "U16": 16, "I16": 16, "F16": 16,
    "BF16": 16, "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
  ]

  init(of bytes: Span<UInt8>, path: String) throws(FormatError) {
    let (text, dataStart) = try Self.text(of: bytes, path)
    let document = try Self.parse(text, path)
    guard let members = document.object else {
      throw Self.damaged(path, 8, "a JSON object", document.kind)
    }
    var entries: [SafetensorsEntry] = []
    var names: Set<String> = []
    for member in members {
      guard names.insert(member.key).inserted else {
        throw Self.damaged(path, 8, "a new tensor name", "\(member.key) for the second time")
      }
      if member.key == "__metadata__" {
        metadata = try Self.texts(member.value, path)
      } else {
        entries.append(try SafetensorsEntry(member, path))
      }
    }
    try place(entries, from: dataStart, in: bytes.count, path)
  }

  /// Turns entries into tensors; the data must follow each other and fill the file.
  private mutating func place(
    _ entries: [SafetensorsEntry],
    from dataStart: Int,
    in fileBytes: Int,
    _ path: String
  ) throws(FormatError) {
    var end = 0
    for entry in entries.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      guard entry.start == end, entry.end <= fileBytes - dataStart else {
        throw Self.damaged(
          path,
          8,
          "data of tensor \(entry.name) from byte \(end), inside the file",
          "bytes \(entry.start) to \(entry.end) of \(fileBytes - dataStart)"
        )
      }
      try check(entry, path)
      end = entry.end
      guard let type = ElementType(rawValue: entry.type), Self.readableTypes.contains(entry.type)
      else {
        unreadable[entry.name] = entry.type
        continue
      }
      tensors.append(
        StoredTensor(
          name: entry.name,
          shape: entry.shape,
          type: type,
          offset: dataStart + entry.start,
          byteCount: entry.end - entry.start
        )
      )
    }
    guard dataStart + end == fileBytes else {
      throw Self.damaged(
        path,
        dataStart + end,
        "the end of the file",
        "\(fileBytes - dataStart - end) bytes"
      )
    }
  }

  private func check(_ entry: SafetensorsEntry, _ path: String) throws(FormatError) {
    guard let bits = Self.bitsByType[entry.type] else {
      throw .unsupported(
        path: path,
        what: "element type \(entry.type) of tensor \(entry.name)",
        supported: Self.readableTypes
      )
    }
    var bytes = bits / 8
    for length in entry.shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
      guard !overflow else {
        throw Self.damaged(path, 8, "a tensor that fits memory", "\(entry.name) \(entry.shape)")
      }
      bytes = product
    }
    guard bytes == entry.end - entry.start else {
      throw Self.damaged(
        path,
        8,
        "\(bytes) bytes for tensor \(entry.name) \(entry.type) \(entry.shape)",
        "\(entry.end - entry.start)"
      )
    }
  }
}

// MARK: the text of the header

extension SafetensorsHeader {
  private static func text(
    of bytes: Span<UInt8>,
    _ path: String
  ) throws(FormatError) -> (bytes: [UInt8], dataStart: Int) {
    guard bytes.count >= 8 else {
      throw damaged(path, 0, "8 bytes of header length", "\(bytes.count) bytes")
    }
    let length = bytes.uint64(at: 0)
    let most = min(limitBytes, bytes.count - 8)
    guard length <= UInt64(most) else {
      throw damaged(path, 0, "a header of at most \(most) bytes", "\(length)")
    }
    let end = 8 + Int(length)
    let text = [UInt8](capacity: end - 8) { output in
      for i in 8..<end { output.append(bytes[i]) }
    }
    return (text, end)
  }

  private static func parse(_ text: [UInt8], _ path: String) throws(FormatError) -> JSONValue {
    do {
      return try JSONValue(parsing: text)
    } catch {
      switch error {
      case .syntax(let offset, _, _, let expected, let found):
        throw damaged(path, 8 + offset, expected, found)
      case .tooDeep(let offset, _, _, let limit):
        throw damaged(path, 8 + offset, "at most \(limit) levels of JSON", "more")
      case .shape(_, let expected, let found): throw damaged(path, 8, expected, found)
      }
    }
  }

  private static func texts(
    _ value: JSONValue,
    _ path: String
  ) throws(FormatError) -> [String: String] {
    guard let members = value.object else {
      throw damaged(path, 8, "an object of texts as __metadata__", value.kind)
    }
    var texts: [String: String] = [:]
    for member in members {
      guard let text = member.value.string else {
        throw damaged(path, 8, "a text as __metadata__.\(member.key)", member.value.kind)
      }
      texts[member.key] = text
    }
    return texts
  }

  static func damaged(
    _ path: String,
    _ offset: Int,
    _ expected: String,
    _ found: String
  ) -> FormatError {
    .damaged(path: path, offset: offset, expected: expected, found: found)
  }
}

/// One tensor as the header describes it.
struct SafetensorsEntry {
  let name: String
  let type: String
  let shape: [Int]
  /// Counted from the start of the data.
  let start: Int
  let end: Int

  init(_ member: JSONValue.Member, _ path: String) throws(FormatError) {
    name = member.key
    let shape = member.value["shape"]?.array?.map(\.int)
    let offsets = member.value["data_offsets"]?.array?.map(\.int)
    guard let type = member.value["dtype"]?.string else {
      throw SafetensorsHeader.damaged(path, 8, "a dtype of tensor \(name)", "none")
    }
    guard let shape, let lengths = Self.counts(shape) else {
      throw SafetensorsHeader.damaged(path, 8, "a shape of tensor \(name)", "none")
    }
    guard let offsets, offsets.count == 2, let places = Self.counts(offsets),
      places[0] <= places[1]
    else {
      throw SafetensorsHeader.damaged(path, 8, "two data_offsets of tensor \(name)", "others")
    }
    self.type = type
    self.shape = lengths
    start = places[0]
    end = places[1]
  }

  private static func counts(_ values: [Int?]) -> [Int]? {
    var counts: [Int] = []
    for value in values {
      guard let value, value >= 0 else { return nil }
      counts.append(value)
    }
    return counts
  }
}
