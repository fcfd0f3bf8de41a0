import Files
import Foundation

// The layout is the one that `GGUFReader` reads: specification docs/gguf.md of ggml, version 3.

/// Writes GGUF files, one tensor at a time.
enum GGUFWriter {
  /// The boundary, in bytes, at which every tensor starts: the format's default.
  static let alignment = 32

  /// Writes the file atomically: metadata in its order, then the tensors in theirs.
  ///
  /// `metadata` must not name another alignment.
  static func write(
    _ metadata: GGUFMetadata,
    _ tensors: [WrittenTensor],
    from source: any TensorSource,
    to url: URL
  ) throws(FormatError) {
    precondition(metadata["general.alignment"] == nil, "the alignment is the default")
    var header = GGUFEncoder()
    header.append(text: "GGUF", withLength: false)
    header.append(UInt32(3))
    header.append(UInt64(tensors.count))
    header.append(UInt64(metadata.keys.count))
    for key in metadata.keys {
      guard let value = metadata[key] else { continue }
      header.append(text: key)
      header.append(value)
    }
    var offset = 0
    for tensor in tensors {
      header.append(tensor, at: offset)
      offset += padded(tensor.byteCount)
    }
    try FormatError.writing(to: url) { (writer) throws(FormatError) in
      try pad(header.bytes, &writer)
      for tensor in tensors {
        try tensor.write(from: source, to: &writer)
        try pad([], &writer)
      }
    }
  }

  private static func padded(_ count: Int) -> Int {
    (count + alignment - 1) / alignment * alignment
  }

  /// Writes bytes and then zeros up to the next boundary.
  private static func pad(_ bytes: [UInt8], _ writer: inout FileWriter) throws(FormatError) {
    try writer.put(bytes)
    let end = padded(writer.byteCount)
    try writer.put([UInt8](repeating: 0, count: end - writer.byteCount))
  }
}

extension FileWriter {
  /// Adds bytes, with this room's error.
  mutating func put(_ bytes: [UInt8]) throws(FormatError) {
    do {
      try write(bytes)
    } catch {
      throw .file(error)
    }
  }
}

extension FormatError {
  /// Writes a file atomically; `body` writes its content, and its errors stay typed.
  static func writing(
    to url: URL,
    _ body: (inout FileWriter) throws(FormatError) -> Void
  ) throws(FormatError) {
    do {
      try AtomicFile.writing(to: url, body)
    } catch let error as FormatError {
      throw error
    } catch {
      throw FormatError(error, writing: url)
    }
  }

  /// What went wrong in a file or folder operation.
  init(_ error: any Error, writing url: URL) {
    self =
      (error as? FormatError)
      ?? .file(error as? FileError ?? .notWritable(path: url.path, reason: "\(error)"))
  }
}

/// Appends the values of a GGUF header to a buffer.
///
/// Whole numbers take 32 bits where they fit, else 64; lists of fractions 32 bits where that is
/// exact: the widths that readers of tokenizer metadata insist on.
struct GGUFEncoder {
  private(set) var bytes: [UInt8] = []

  mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  mutating func append(text: String, withLength: Bool = true) {
    if withLength { append(UInt64(text.utf8.count)) }
    bytes.append(contentsOf: text.utf8)
  }

  mutating func append(_ tensor: WrittenTensor, at offset: Int) {
    append(text: tensor.name)
    append(UInt32(tensor.shape.count))
    for length in tensor.shape.reversed() { append(UInt64(length)) }
    append(tensor.type.ggufCode)
    append(UInt64(offset))
  }

  /// A value after the number of its type.
  mutating func append(_ value: GGUFValue) {
    switch value {
    case .unsigned(let number): append(unsigned: number)
    case .signed(let number): append(signed: number)
    case .float(let number):
      append(UInt32(6))
      append(number.bitPattern)
    case .bool(let flag):
      append(UInt32(7))
      append(UInt8(flag ? 1 : 0))
    case .string(let text):
      append(UInt32(8))
      append(UInt64(text.count))
      bytes += text
    case .double(let number):
      append(UInt32(12))
      append(number.bitPattern)
    case .integers, .doubles, .bools, .strings:
      append(UInt32(9))
      append(list: value)
    }
  }

  private mutating func append(unsigned number: UInt64) {
    if let narrow = UInt32(exactly: number) {
      append(UInt32(4))
      append(narrow)
    } else {
      append(UInt32(10))
      append(number)
    }
  }

  private mutating func append(signed number: Int64) {
    if let narrow = Int32(exactly: number) {
      append(UInt32(5))
      append(narrow)
    } else {
      append(UInt32(11))
      append(number)
    }
  }

  private mutating func append(list: GGUFValue) {
    switch list {
    case .integers(let numbers):
      let isNarrow = numbers.allSatisfy { Int32(exactly: $0) != nil }
      start(list: isNarrow ? 5 : 11, of: numbers.count)
      for number in numbers {
        if isNarrow { append(Int32(truncatingIfNeeded: number)) } else { append(number) }
      }
    case .doubles(let numbers):
      let isNarrow = numbers.allSatisfy { Double(Float($0)).bitPattern == $0.bitPattern }
      start(list: isNarrow ? 6 : 12, of: numbers.count)
      for number in numbers {
        if isNarrow { append(Float(number).bitPattern) } else { append(number.bitPattern) }
      }
    case .bools(let flags):
      start(list: 7, of: flags.count)
      for flag in flags { append(UInt8(flag ? 1 : 0)) }
    case .strings(let texts):
      start(list: 8, of: texts.count)
      for text in texts {
        append(UInt64(text.count))
        bytes += text
      }
    default: preconditionFailure("a value that is no list")
    }
  }

  private mutating func start(list type: UInt32, of count: Int) {
    append(type)
    append(UInt64(count))
  }
}
