import Foundations
import TestSupport
import Testing

@testable import ModelFormats

struct GGUFReaderTests {
  @Test func `a file of one tensor is read`() throws {
    let header = try read(GGUFBytes().tensor("a", [32, 2], type: 2, offset: 0).data(36))

    #expect(header.tensors.map(\.name) == ["a"])
    #expect(header.tensors.map(\.shape) == [[2, 32]])
    #expect(header.tensors.map(\.byteCount) == [36])
    #expect(header.tensors[0].offset.isMultiple(of: 32))
  }

  @Test func `every kind of metadata value is read`() throws {
    let file = GGUFBytes()
      .value("u8", 0, [200])
      .value("i8", 1, [0xFE])
      .value("u16", 2, [1, 2])
      .value("i32", 5, [0xFF, 0xFF, 0xFF, 0xFF])
      .value("f64", 12, [0, 0, 0, 0, 0, 0, 0xF8, 0x3F])
      .value("text", 8, GGUFBytes.number(2, 8) + [0x68, 0x69])
      .value("flags", 9, GGUFBytes.number(7, 4) + GGUFBytes.number(2, 8) + [1, 0])
      .value("numbers", 9, GGUFBytes.number(3, 4) + GGUFBytes.number(1, 8) + [0xFF, 0xFF])

    let metadata = try read(file).metadata

    #expect(metadata["u8"] == .unsigned(200))
    #expect(metadata["i8"] == .signed(-2))
    #expect(metadata["u16"] == .unsigned(513))
    #expect(metadata["i32"] == .signed(-1))
    #expect(metadata["f64"] == .double(1.5))
    #expect(metadata.text("text") == "hi")
    #expect(metadata["flags"] == .bools([true, false]))
    #expect(metadata["numbers"] == .integers([-1]))
    #expect(metadata.keys.count == 8)
  }

  @Test func `a truncated file is refused wherever it ends`() throws {
    let whole = try Fixture.bytes("tiny_gguf/tiny-llama-Q4_0.gguf")
    let last = try #require(
      try GGUFReader.header(of: whole.span, path: "test").tensors.max { $0.offset < $1.offset }
    )

    let places = Array(0..<200) + Array(stride(from: 200, to: whole.count, by: 97))
    for count in places where count < last.offset + last.byteCount {
      let part = Array(whole[..<count])
      #expect(throws: FormatError.self, "cut at \(count)") {
        try GGUFReader.header(of: part.span, path: "test")
      }
    }
  }

  @Test func `a wrong start is refused with its byte`() throws {
    var bytes = GGUFBytes().bytes
    bytes[0] = 0x50

    let error = #expect(throws: FormatError.self) {
      try GGUFReader.header(of: bytes.span, path: "model.gguf")
    }

    #expect(
      error
        == .damaged(
          path: "model.gguf",
          offset: 0,
          expected: "the magic GGUF",
          found: "0x50475546"
        )
    )
  }

  @Test(arguments: [
    (GGUFBytes(version: 1), "version 1"),
    (GGUFBytes(version: 3 << 24), "big-endian"),
    (GGUFBytes(tensorCount: 1 << 60), "at most 0 tensors"),
    (GGUFBytes(valueCount: 1 << 60), "metadata values"),
    (GGUFBytes().tensor("a", [32], type: 22, offset: 0).data(64), "IQ2_S"),
    (GGUFBytes().tensor("a", [32], type: 4_000_000, offset: 0).data(64), "element type"),
    (GGUFBytes().tensor("a", [33], type: 2, offset: 0).data(64), "whole Q4_0 blocks"),
    (GGUFBytes().tensor("a", [], type: 0, offset: 0), "dimensions"),
    (GGUFBytes().tensor("a", [1, 1, 1, 1, 1], type: 0, offset: 0).data(64), "dimensions"),
    (GGUFBytes().tensor("a", [0], type: 0, offset: 0), "dimension"),
    (GGUFBytes().tensor("a", [1 << 62, 4], type: 0, offset: 0), "2^60"),
    (GGUFBytes().tensor("a", [1 << 32, 1 << 32], type: 0, offset: 0), "2^60"),
    (GGUFBytes().tensor("a", [.max], type: 0, offset: 0), "dimension"),
    (GGUFBytes().tensor("a", [8], type: 0, offset: 16).data(64), "multiple of 32"),
    (GGUFBytes().tensor("a", [8], type: 0, offset: 64).data(64), "inside the file"),
    (GGUFBytes().tensor("a", [8], type: 0, offset: .max - 31).data(64), "inside the file"),
    (GGUFBytes().tensor("a", [17], type: 0, offset: 0).data(64), "inside the file"),
    (GGUFBytes().tensor("", [8], type: 0, offset: 0).data(64), "name"),
    (
      GGUFBytes().tensor("a", [8], type: 0, offset: 0).tensor("a", [8], type: 0, offset: 32)
        .data(64), "second time"
    ),
    (
      GGUFBytes().tensor("a", [16], type: 0, offset: 0).tensor("b", [8], type: 0, offset: 32)
        .data(64), "inside tensor a"
    ),
    (GGUFBytes().value("a", 13, []), "value type"),
    (GGUFBytes().value("a", 7, [2]), "0 or 1"),
    (GGUFBytes().value("a", 8, GGUFBytes.number(.max, 8)), "bytes of a string"),
    (GGUFBytes().value("a", 4, [1, 0, 0, 0]).value("a", 7, [0]), "second time"),
    (
      GGUFBytes().value("a", 9, GGUFBytes.number(9, 4) + GGUFBytes.number(1, 8)), "list of plain"
    ),
    (
      GGUFBytes().value("a", 9, GGUFBytes.number(8, 4) + GGUFBytes.number(1 << 61, 8)), "list items"
    ),
    (GGUFBytes().value("general.alignment", 4, [3, 0, 0, 0]), "power of two"),
    (GGUFBytes().value("general.alignment", 4, [0, 0, 0, 0]), "power of two"),
  ])
  func `a file that breaks a rule is refused by name`(file: GGUFBytes, word: String) throws {
    let error = #expect(throws: FormatError.self) { try read(file) }

    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
  }

  @Test func `no change of single bytes makes the reader crash`() throws {
    let whole = try Fixture.bytes("tiny_gguf/tiny-llama-Q4_0.gguf")
    let dataStart = try GGUFReader.header(of: whole.span, path: "test").tensors[0].offset
    var random = RandomStream(seed: 1, name: "gguf mutations")
    var refused = 0
    for _ in 0..<4000 {
      var bytes = whole
      for _ in 0..<random.int(in: 1...3) {
        bytes[random.int(in: 0...dataStart - 1)] = UInt8(random.int(in: 0...255))
      }
      do throws(FormatError) {
        let header = try GGUFReader.header(of: bytes.span, path: "test")
        let isInside = header.tensors.allSatisfy { $0.offset + $0.byteCount <= bytes.count }
        #expect(isInside)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 100)
  }

  private func read(_ file: GGUFBytes) throws(FormatError) -> GGUFHeader {
    try GGUFReader.header(of: file.bytes.span, path: "test")
  }
}

/// The bytes of a small GGUF file, right or wrong.
struct GGUFBytes: Sendable, CustomTestStringConvertible {
  var version: UInt64 = 3
  /// What the file says; nil: what it has.
  var tensorCount: UInt64?
  var valueCount: UInt64?
  private var values: [UInt8] = []
  private var tensors: [UInt8] = []
  private var counts: (values: UInt64, tensors: UInt64) = (0, 0)
  private var dataBytes = 0

  init(version: UInt64 = 3, tensorCount: UInt64? = nil, valueCount: UInt64? = nil) {
    self.version = version
    self.tensorCount = tensorCount
    self.valueCount = valueCount
  }

  var testDescription: String { "\(counts.values) values, \(counts.tensors) tensors" }

  /// The file with one more metadata value.
  func value(_ key: String, _ type: UInt64, _ bytes: [UInt8]) -> GGUFBytes {
    var copy = self
    copy.values += Self.number(UInt64(key.utf8.count), 8) + Array(key.utf8)
    copy.values += Self.number(type, 4) + bytes
    copy.counts.values += 1
    return copy
  }

  /// The file with one more tensor description.
  func tensor(_ name: String, _ sizes: [UInt64], type: UInt64, offset: UInt64) -> GGUFBytes {
    var copy = self
    copy.tensors += Self.number(UInt64(name.utf8.count), 8) + Array(name.utf8)
    copy.tensors += Self.number(UInt64(sizes.count), 4)
    for size in sizes { copy.tensors += Self.number(size, 8) }
    copy.tensors += Self.number(type, 4) + Self.number(offset, 8)
    copy.counts.tensors += 1
    return copy
  }

  /// The file with so many bytes of data.
  func data(_ count: Int) -> GGUFBytes {
    var copy = self
    copy.dataBytes = count
    return copy
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = Array("GGUF".utf8)
    bytes += Self.number(version, 4)
    bytes += Self.number(tensorCount ?? counts.tensors, 8)
    bytes += Self.number(valueCount ?? counts.values, 8)
    bytes += values + tensors
    while !bytes.count.isMultiple(of: 32) { bytes.append(0) }
    return bytes + [UInt8](repeating: 7, count: dataBytes)
  }

  /// A number as `size` little-endian bytes.
  static func number(_ value: UInt64, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }
}
