import Foundation
import Foundations
import TestSupport
import Testing

@testable import ModelFormats

/// Files that somebody made to break a reader: an error of this room, quickly, in little memory.
struct HostileGGUFTests {
  /// A file of every kind of value and two tensors.
  private static let small = GGUFBytes()
    .value("general.architecture", 8, GGUFBytes.number(5, 8) + Array("llama".utf8))
    .value("u8", 0, [1]).value("i16", 3, [1, 0]).value("f32", 6, [0, 0, 0x80, 0x3F])
    .value("flag", 7, [1]).value("u64", 10, GGUFBytes.number(9, 8))
    .value("texts", 9, GGUFBytes.number(8, 4) + GGUFBytes.number(2, 8) + text("ab") + text(""))
    .value("bytes", 9, GGUFBytes.number(0, 4) + GGUFBytes.number(3, 8) + [1, 2, 3])
    .value("halves", 9, GGUFBytes.number(6, 4) + GGUFBytes.number(1, 8) + [0, 0, 0, 0x3F])
    .tensor("a", [32, 2], type: 8, offset: 0).tensor("b", [4], type: 0, offset: 96)
    .data(112)

  private static func text(_ text: String) -> [UInt8] {
    GGUFBytes.number(UInt64(text.utf8.count), 8) + Array(text.utf8)
  }

  @Test func `a small file is refused wherever it ends`() throws {
    let whole = Self.small.bytes
    #expect(try header(whole).tensors.count == 2)

    for count in 0..<whole.count {
      #expect(throws: FormatError.self, "cut at \(count)") { try header(Array(whole[..<count])) }
    }
  }

  @Test(arguments: 1...4)
  func `no flipped bits make the reader crash or leave the file`(seed: Int) throws {
    let whole = Self.small.bytes
    var random = RandomStream(seed: UInt64(seed), name: "gguf bit flips")
    var refused = 0
    for _ in 0..<10_000 {
      var bytes = whole
      for _ in 0..<random.int(in: 1...6) {
        bytes[random.int(in: 0...whole.count - 113)] ^= 1 << UInt8(random.int(in: 0...7))
      }
      do throws(FormatError) {
        let isInside = try header(bytes).tensors.allSatisfy { tensor in
          tensor.offset >= 0 && tensor.offset + tensor.byteCount <= bytes.count
        }
        #expect(isInside)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 2000)
  }

  @Test(arguments: [UInt64.max, 1 << 63, 1 << 62, 1 << 40, 1 << 32])
  func `counts that nothing backs up cost nothing`(count: UInt64) {
    let number = GGUFBytes.number(count, 8)
    let files = [
      GGUFBytes(tensorCount: count), GGUFBytes(valueCount: count),
      GGUFBytes().value("texts", 9, GGUFBytes.number(8, 4) + number),
      GGUFBytes().value("bytes", 9, GGUFBytes.number(0, 4) + number),
      GGUFBytes().value("numbers", 9, GGUFBytes.number(11, 4) + number),
      GGUFBytes().value("text", 8, number),
      GGUFBytes().value(
        "texts",
        9,
        GGUFBytes.number(8, 4) + GGUFBytes.number(1, 8) + number
      ),
      GGUFBytes().tensor("a", [count], type: 0, offset: 0).data(32),
      GGUFBytes().tensor("a", [32, count], type: 2, offset: 0).data(32),
      GGUFBytes().tensor("a", [count, count, count, count], type: 0, offset: 0).data(32),
      GGUFBytes().tensor("a", [4], type: 0, offset: count & ~31).data(32),
    ]
    for file in files {
      #expect(throws: FormatError.self) { try header(file.bytes) }
    }
  }

  @Test func `many tensors at one place are refused`() throws {
    var file = GGUFBytes()
    for number in 0..<2000 { file = file.tensor("t\(number)", [8], type: 0, offset: 0) }

    let error = #expect(throws: FormatError.self) { try header(file.data(64).bytes) }

    #expect(error?.description.contains("inside tensor") == true)
  }

  @Test(arguments: ["llama", "gpt2", "gemma3_text"])
  func `a damaged model is refused or decodes, whatever its family`(family: String) throws {
    let scratch = try ScratchFolder()
    let url = scratch.file("model.gguf")
    try ModelExporter(ModelSource.open(Fixture.url("tiny/\(family)")))
      .writeGGUF(to: url, type: .q8x0, name: "victim")
    let whole = [UInt8](try Data(contentsOf: url))
    let file = try GGUFFile(mapping: url)
    let end = (file.tensors.map(\.offset).min() ?? 0) - 1
    // Settings stand before the vocabulary, descriptions of tensors behind it.
    let places = [0...1500, max(0, end - 2500)...end]
    var random = RandomStream(seed: 7, name: "model mutations of \(family)")
    var refused = 0
    for round in 0..<120 {
      var bytes = whole
      bytes[random.int(in: places[round % 2])] = UInt8(random.int(in: 0...255))
      let victim = scratch.file("\(round % 2).gguf")
      try Data(bytes).write(to: victim)
      do throws(FormatError) {
        let source = try ModelSource.open(victim)
        for name in source.tensors.names.prefix(12) { _ = try source.tensors.floats(of: name) }
      } catch {
        refused += 1
      }
    }
    #expect((5..<120).contains(refused))
  }

  private func header(_ bytes: [UInt8]) throws(FormatError) -> GGUFHeader {
    try GGUFReader.header(of: bytes.span, path: "hostile")
  }
}
