import Foundation
import Foundations
import TestSupport
import Testing

@testable import ModelFormats

/// Folders that somebody made to break a reader.
struct HostileFolderTests {
  private static let header =
    #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"#
    + #""b":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]}}"#
  private static let small = SafetensorsFileTests.file(header, [UInt8](repeating: 1, count: 22))

  @Test func `a small file is refused wherever it ends`() throws {
    #expect(try SafetensorsHeader(of: Self.small.span, path: "whole").tensors.count == 2)

    for count in 0..<Self.small.count {
      let part = Array(Self.small[..<count])
      #expect(throws: FormatError.self, "cut at \(count)") {
        try SafetensorsHeader(of: part.span, path: "part")
      }
    }
  }

  @Test(arguments: 1...4)
  func `no flipped bits make the reader crash or leave the file`(seed: Int) {
    var random = RandomStream(seed: UInt64(seed), name: "safetensors bit flips")
    var refused = 0
    for _ in 0..<10_000 {
      var bytes = Self.small
      for _ in 0..<random.int(in: 1...4) {
        bytes[random.int(in: 0...bytes.count - 23)] ^= 1 << UInt8(random.int(in: 0...7))
      }
      do throws(FormatError) {
        let tensors = try SafetensorsHeader(of: bytes.span, path: "flipped").tensors
        let isInside = tensors.allSatisfy { $0.offset + $0.byteCount <= bytes.count }
        #expect(isInside)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 2000)
  }

  @Test(arguments: [
    String(repeating: "[", count: 2_000_000),
    String(repeating: #"{"a":"#, count: 400_000),
    #"{"a":{"dtype":"F32","shape":"# + String(repeating: "[", count: 100_000),
    #"{"a":{"dtype":"F32","shape":["# + String(repeating: "1,", count: 100_000)
      + #"1],"data_offsets":[0,4]}}"#,
    #"{""# + String(repeating: "x", count: 1_000_000) + #"":1}"#,
    #"{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#,
    #"{"a":{"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[4,4]}}"#,
  ])
  func `a header made to exhaust the reader is refused`(header: String) {
    let bytes = SafetensorsFileTests.file(header, [0, 0, 0, 0, 0])

    let error = #expect(throws: FormatError.self) {
      try SafetensorsHeader(of: bytes.span, path: "hostile")
    }

    #expect((error?.description.utf8.count ?? .max) < 2_000_000)
  }

  @Test func `a header longer than any is refused before it is read`() {
    for length in [UInt64.max, 1 << 63, 100_000_001, 6] {
      let bytes = GGUFBytes.number(length, 8) + Array("{}   ".utf8)
      #expect(throws: FormatError.self) {
        try SafetensorsHeader(of: bytes.span, path: "hostile")
      }
    }
  }

  @Test(arguments: ["config.json", "generation_config.json", "tokenizer_config.json"])
  func `a damaged document is refused or read, and never crashes`(name: String) throws {
    let scratch = try ScratchFolder()
    for file in ["config.json", "generation_config.json", "tokenizer_config.json"] {
      let text = try String(contentsOf: Fixture.url("tiny/gemma3_text/\(file)"), encoding: .utf8)
      try scratch.write(text, to: "model/\(file)")
    }
    try FileManager.default.copyItem(
      at: Fixture.url("tiny/gemma3_text/model.safetensors"),
      to: scratch.file("model/model.safetensors")
    )
    let whole = try Fixture.bytes("tiny/gemma3_text/\(name)")
    var random = RandomStream(seed: 3, name: name)
    var refused = 0
    for _ in 0..<300 {
      var bytes = whole
      // A digit for a byte makes numbers wrong and leaves many texts in form.
      bytes[random.int(in: 0...bytes.count - 1)] = UInt8(random.int(in: 0x30...0x39))
      try Data(bytes).write(to: scratch.file("model/\(name)"))
      do throws(FormatError) {
        _ = try ModelSource.open(scratch.file("model"))
      } catch {
        refused += 1
      }
    }
    #expect((1..<300).contains(refused))
  }

  @Test(arguments: ["[", "{\"a\":"])
  func `documents too deep to read are refused`(opening: String) throws {
    let scratch = try ScratchFolder()
    try scratch.write(String(repeating: opening, count: 300_000), to: "model/config.json")

    let error = #expect(throws: FormatError.self) {
      try ModelSource.open(scratch.file("model"))
    }

    #expect(error?.description.contains("config.json") == true)
  }
}
