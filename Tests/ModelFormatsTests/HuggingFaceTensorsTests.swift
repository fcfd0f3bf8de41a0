import Foundation
import Foundations
import ModelFormats
import TestSupport
import Testing

struct HuggingFaceTensorsTests {
  @Test func `a model in two files is read like one in a single file`() throws {
    let whole = try ModelSource.open(Fixture.url("tiny/llama"))
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.split(whole.tensors, into: folder)

    let parts = try ModelSource.open(folder)

    #expect(Set(parts.tensors.names) == Set(whole.tensors.names))
    for name in whole.tensors.names {
      #expect(try parts.tensors.floats(of: name) == whole.tensors.floats(of: name))
    }
  }

  @Test(arguments: [
    (#"{"weight_map":{"a":"../other.safetensors"}}"#, "../other"),
    (#"{"weight_map":{"a":7}}"#, "7"), (#"{"weight_map":{}}"#, "weight_map"), ("{", "JSON"),
    (#"{"weight_map":{"a":"none.safetensors"}}"#, "none.safetensors"),
  ])
  func `a wrong index is refused with its reason`(index: String, word: String) throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(index.utf8).write(to: folder.appending(path: "model.safetensors.index.json"))

    let error = #expect(throws: FormatError.self) { try ModelSource.open(folder) }

    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
  }

  @Test func `GPT-2 names get their prefix and mask buffers are left out`() throws {
    let folder = try Self.folder(of: "gpt2")
    defer { try? FileManager.default.removeItem(at: folder) }
    try SafetensorsWriter.write(
      [
        NamedTensor(name: "wte.weight", shape: [1, 2], values: [1, 2]),
        NamedTensor(name: "h.0.attn.bias", shape: [1], values: [0]),
        NamedTensor(name: "transformer.wpe.weight", shape: [1], values: [3]),
      ],
      to: folder.appending(path: "model.safetensors")
    )

    let source = try ModelSource.open(folder)

    #expect(Set(source.tensors.names) == ["transformer.wte.weight", "transformer.wpe.weight"])
  }

  @Test func `a pickled checkpoint is refused by name`() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data().write(to: folder.appending(path: "pytorch_model.bin"))

    let error = #expect(throws: FormatError.self) { try ModelSource.open(folder) }

    #expect(error?.description.contains("pytorch_model.bin") == true)
  }

  /// A new folder with the settings of a tiny model and no weights.
  private static func folder(of family: String = "llama") throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: Fixture.url("tiny/\(family)/config.json"),
      to: folder.appending(path: "config.json")
    )
    return folder
  }

  private static func split(_ tensors: any TensorSource, into folder: URL) throws {
    var map: [JSONValue.Member] = []
    for part in 0..<2 {
      let file = "model-0000\(part + 1)-of-00002.safetensors"
      var written: [NamedTensor] = []
      for (number, name) in tensors.names.enumerated() where number % 2 == part {
        map.append(JSONValue.Member(key: name, value: .string(file)))
        written.append(
          NamedTensor(
            name: name,
            shape: tensors.shape(of: name) ?? [],
            values: try tensors.floats(of: name)
          )
        )
      }
      try SafetensorsWriter.write(written, to: folder.appending(path: file))
    }
    let index: JSONValue = ["weight_map": .object(map)]
    try Data(index.compact.utf8).write(
      to: folder.appending(path: "model.safetensors.index.json")
    )
  }
}
