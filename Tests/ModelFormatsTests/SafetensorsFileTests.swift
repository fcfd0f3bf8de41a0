import Foundation
import Foundations
import TestSupport
import Testing

@testable import ModelFormats

struct SafetensorsFileTests {
  @Test(arguments: ["plain", "rslora_qv"])
  func `an adapter that PEFT wrote is written again byte for byte`(name: String) throws {
    let url = Fixture.url("peft_adapter/\(name)/adapter_model.safetensors")
    let file = try SafetensorsFile(mapping: url)
    let tensors = try file.names.reversed().map { name in
      NamedTensor(
        name: name,
        shape: try #require(file.shape(of: name)),
        values: try file.floats(of: name)
      )
    }

    let bytes = SafetensorsWriter.encode(tensors, metadata: file.metadata)

    #expect(file.metadata == ["format": "pt"])
    #expect(try bytes == Array(Data(contentsOf: url)))
  }

  @Test func `what was written to a folder is read back`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "adapter_model.safetensors")
    let tensors = [
      NamedTensor(name: "b", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]),
      NamedTensor(name: "a \"quoted\" é", shape: [], values: [.infinity]),
      NamedTensor(name: "empty", shape: [0, 4], values: []),
    ]

    try SafetensorsWriter.write(tensors, to: url)
    let file = try SafetensorsFile(mapping: url)

    #expect(file.names == ["a \"quoted\" é", "b", "empty"])
    for tensor in tensors {
      #expect(file.shape(of: tensor.name) == tensor.shape)
      #expect(try file.floats(of: tensor.name) == tensor.values)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  @Test func `halves are widened exactly`() throws {
    let header =
      #"{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"#
      + #""b":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]}}"#
    let url = try written(Self.file(header, [0x00, 0x3C, 0x01, 0x80, 0xC0, 0x3F]))
    defer { try? FileManager.default.removeItem(at: url) }

    let file = try SafetensorsFile(mapping: url)

    #expect(try file.floats(of: "h") == [1, -5.9604645e-08])
    #expect(try file.floats(of: "b") == [1.5])
  }

  @Test func `a tensor of an integer type is refused by name when it is asked for`() throws {
    let header = #"{"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#
    let url = try written(Self.file(header, [UInt8](repeating: 0, count: 8)))
    defer { try? FileManager.default.removeItem(at: url) }
    let file = try SafetensorsFile(mapping: url)

    let error = #expect(throws: FormatError.self) {
      var values = [Float](repeating: 0, count: 1)
      var span = values.mutableSpan
      try file.decodeRows(of: "n", 0..<1, into: &span)
    }

    #expect(error?.description.contains("I64") == true)
  }

  @Test(arguments: [
    (#"[]"#, "object"),
    (#"{"a":"#, "byte"),
    (#"{"a":1}"#, "dtype"),
    (#"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, "shape"),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "shape"),
    (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, "shape"),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, "data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, "data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "8 bytes"),
    (#"{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}"#, "F31"),
    (#"{"a":{"dtype":"F32","shape":[9000000000000000000,9],"data_offsets":[0,4]}}"#, "fits memory"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "from byte 0"),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "from byte 4"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "second time"
    ),
    (#"{"__metadata__":{"format":1}}"#, "__metadata__"),
    (#"{}"#, "end of the file"),
  ])
  func `a header that breaks a rule is refused by name`(header: String, word: String) throws {
    let bytes = Self.file(header, [0, 0, 0, 0])

    let error = #expect(throws: FormatError.self) {
      try SafetensorsHeader(of: bytes.span, path: "test")
    }

    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
  }

  @Test func `a truncated file is refused wherever it ends`() throws {
    let whole = try Fixture.bytes("peft_adapter/rslora_qv/adapter_model.safetensors")
    for count in Array(0..<64) + Array(stride(from: 64, to: whole.count, by: 7)) {
      let part = Array(whole[..<count])
      #expect(throws: FormatError.self, "cut at \(count)") {
        try SafetensorsHeader(of: part.span, path: "test")
      }
    }
  }

  @Test func `no change of single bytes makes the reader crash`() throws {
    let whole = try Fixture.bytes("peft_adapter/rslora_qv/adapter_model.safetensors")
    var random = RandomStream(seed: 1, name: "safetensors mutations")
    var refused = 0
    for _ in 0..<4000 {
      var bytes = whole
      for _ in 0..<random.int(in: 1...3) {
        bytes[random.int(in: 0...1100)] = UInt8(random.int(in: 0...255))
      }
      do throws(FormatError) {
        let header = try SafetensorsHeader(of: bytes.span, path: "test")
        let isInside = header.tensors.allSatisfy { $0.offset + $0.byteCount <= bytes.count }
        #expect(isInside)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 1000)
  }

  static func file(_ header: String, _ data: [UInt8]) -> [UInt8] {
    GGUFBytes.number(UInt64(header.utf8.count), 8) + Array(header.utf8) + data
  }

  private func written(_ bytes: [UInt8]) throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).safetensors")
    try Data(bytes).write(to: url)
    return url
  }
}
