import Foundation
import Foundations
import TestSupport
import Testing

@testable import ModelFormats

struct ModelExporterTests {
  static let families = ["llama", "gpt2", "qwen2", "qwen3", "gemma3_text"]

  @Test(arguments: [
    ("llama", "tiny-llama-F32.gguf", ExportType.float32),
    ("llama", "tiny-llama-F16.gguf", .float16), ("llama", "tiny-llama-Q8_0.gguf", .q8x0),
    ("gemma3_text", "tiny-gemma3-Q8_0.gguf", .q8x0),
  ])
  func `a folder becomes the GGUF that the reference made of it, bit for bit`(
    family: String,
    reference: String,
    type: ExportType
  ) throws {
    let expected = Fixture.url("tiny_gguf/\(reference)")
    let scratch = try ScratchFolder()
    let written = scratch.file("model.gguf")

    try exporter(family).writeGGUF(to: written, type: type, name: "tiny")

    let (ours, theirs) = (try GGUFFile(mapping: written), try GGUFFile(mapping: expected))
    let (ourBytes, theirBytes) = (try Data(contentsOf: written), try Data(contentsOf: expected))
    #expect(Set(ours.names) == Set(theirs.names))
    for tensor in theirs.tensors {
      let mine = try #require(ours.tensor(named: tensor.name))
      #expect(mine.type == tensor.type && mine.dimensions == tensor.dimensions)
      #expect(
        ourBytes[mine.offset..<mine.offset + mine.byteCount]
          == theirBytes[tensor.offset..<tensor.offset + tensor.byteCount],
        "\(tensor.name)"
      )
    }
    for key in theirs.metadata.keys where key != "general.name" {
      #expect(ours.metadata[key] == theirs.metadata[key], "\(key)")
    }
  }

  @Test(arguments: families)
  func `what was written as GGUF is read back as the same model`(family: String) throws {
    let exporter = try exporter(family)
    let scratch = try ScratchFolder()
    let url = scratch.file("model.gguf")

    try exporter.writeGGUF(to: url, type: .float32, name: "tiny")

    let model = try ModelSource.open(url)
    #expect(model.configuration == exporter.model.configuration)
    #expect(model.chatTemplate == exporter.model.chatTemplate)
    #expect(model.generation == exporter.model.generation)
    try expectTensors(of: model, toBe: exporter.model)
  }

  @Test(arguments: families)
  func `what was written as GGUF and then as a folder is the model that it was`(
    family: String
  ) throws {
    let exporter = try exporter(family)
    let scratch = try ScratchFolder()
    let gguf = scratch.file("model.gguf")
    try exporter.writeGGUF(to: gguf, type: .float32, name: "tiny")

    let folder = scratch.file("folder")
    try ModelExporter(ModelSource.open(gguf)).writeFolder(to: folder, type: .float32)

    let model = try ModelSource.open(folder)
    #expect(model.configuration == exporter.model.configuration)
    #expect(model.chatTemplate == exporter.model.chatTemplate)
    #expect(model.generation == exporter.model.generation)
    try expectTensors(of: model, toBe: exporter.model)
    try expectTokenizer("\(scratch.url.path)/folder", toBe: family)
  }

  @Test(arguments: [
    ("tiny-llama-F32.gguf", ExportType.float32), ("tiny-llama-F16.gguf", .float16),
    ("tiny-llama-Q8_0.gguf", .q8x0), ("tiny-gemma3-Q8_0.gguf", .q8x0),
  ])
  func `a GGUF file written again in its own type loses nothing`(
    name: String,
    type: ExportType
  ) throws {
    let source = try ModelSource.open(Fixture.url("tiny_gguf/\(name)"))
    let scratch = try ScratchFolder()
    let url = scratch.file("again.gguf")

    try ModelExporter(source).writeGGUF(to: url, type: type, name: "again")

    let (ours, theirs) = (
      try GGUFFile(mapping: url), try GGUFFile(mapping: Fixture.url("tiny_gguf/\(name)"))
    )
    #expect(ours.names == theirs.names)
    for name in theirs.names where !name.hasSuffix("norm.weight") {
      #expect(ours.elementType(of: name) == theirs.elementType(of: name))
      #expect(try ours.floats(of: name) == theirs.floats(of: name), "\(name)")
    }
  }

  @Test func `transposed weights are handed out as values, never as the file's blocks`() throws {
    let scratch = try ScratchFolder()
    let url = scratch.file("gpt2.gguf")
    try exporter("gpt2").writeGGUF(to: url, type: .q8x0, name: "gpt2")
    let tensors = try ModelSource.open(url).tensors

    #expect(tensors.blockType(of: "transformer.h.0.attn.c_attn.weight") == nil)
    #expect(tensors.blockType(of: "transformer.wte.weight") == .q8x0)
    let name = "transformer.h.1.mlp.c_fc.weight"
    let whole = try tensors.floats(of: name)
    var rows = [Float](repeating: 0, count: 3 * 256)
    var span = rows.mutableSpan
    try tensors.decodeRows(of: name, 60..<63, into: &span)
    #expect(rows == Array(whole[60 * 256..<63 * 256]))
  }

  @Test func `a folder is written in parts of a bounded size with an index`() throws {
    let exporter = try exporter("llama")
    let scratch = try ScratchFolder()

    try exporter.writeFolder(
      to: scratch.file("parts"),
      type: .float32,
      shardLimitBytes: 140_000
    )

    let names = scratch.names("parts")
    #expect(names.filter { $0.hasSuffix(".safetensors") }.count == 3)
    #expect(names.contains("model-00003-of-00003.safetensors"))
    let index = try scratch.json("parts/model.safetensors.index.json")
    #expect(index["metadata"]?["total_size"]?.int == 378_112)
    let model = try ModelSource.open(scratch.file("parts"))
    #expect(model.configuration == exporter.model.configuration)
    try expectTensors(of: model, toBe: exporter.model)
  }

  @Test func `a folder of halves says so and keeps the tokenizer's files as they are`() throws {
    let scratch = try ScratchFolder()

    try exporter("qwen3").writeFolder(to: scratch.file("half"), type: .float16)

    #expect(try scratch.json("half/config.json")["dtype"] == "float16")
    for name in ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"] {
      let copy = try Data(contentsOf: scratch.file("half/\(name)"))
      #expect(try copy == Data(contentsOf: Fixture.url("tiny/qwen3/\(name)")))
    }
    let model = try ModelSource.open(scratch.file("half"))
    let whole = try ModelSource.open(Fixture.url("tiny/qwen3"))
    for name in whole.tensors.names {
      let halves = try whole.tensors.floats(of: name).map { Float(Float16($0)) }
      #expect(try model.tensors.floats(of: name) == halves)
    }
  }

  @Test func `what a Gemma file leaves unsaid is written where this model differs`() throws {
    let scratch = try ScratchFolder()
    let url = scratch.file("gemma.gguf")
    var document = try Fixture.json("tiny/gemma3_text/config.legacy.json")
    document = document.setting("sliding_window_pattern", to: 3)
      .setting("rope_local_base_freq", to: 5000)
    try scratch.write(document.compact, to: "model/config.json")
    for name in ["model.safetensors", "tokenizer.json", "tokenizer_config.json"] {
      try FileManager.default.copyItem(
        at: Fixture.url("tiny/gemma3_text/\(name)"),
        to: scratch.file("model/\(name)")
      )
    }
    let model = try ModelSource.open(scratch.file("model"))

    try ModelExporter(model).writeGGUF(to: url, type: .float16, name: "other Gemma")

    let written = try ModelSource.open(url).configuration
    #expect(written == model.configuration)
    #expect(written.localRopeTheta == 5000)
    #expect(written.attentionSpans.map { $0 == .full } == (1...7).map { $0.isMultiple(of: 3) })
    #expect(written.attentionScale == 1 / 20.0.squareRoot())
  }

  @Test func `what cannot be written is refused by name and leaves nothing`() throws {
    let scratch = try ScratchFolder()
    let exporter = try exporter("llama")

    let quantised = #expect(throws: FormatError.self) {
      try exporter.writeFolder(to: scratch.file("folder"), type: .q8x0)
    }
    #expect(quantised?.description.contains("q8_0") == true)
    let values = [Float](repeating: 1e6, count: 64 * 512)
    let name = "model.embed_tokens.weight"
    let large = Replaced(base: exporter.tensors, name: name, values: values)
    let error = #expect(throws: FormatError.self) {
      try ModelExporter(exporter.model, tensors: large)
        .writeGGUF(to: scratch.file("large.gguf"), type: .float16, name: "large")
    }
    #expect(error?.description.contains(name) == true)
    try scratch.write("here", to: "taken/file")
    #expect(throws: FormatError.self) {
      try exporter.writeFolder(to: scratch.file("taken"), type: .float32)
    }
    #expect(scratch.names("") == ["taken"])
  }

  private func exporter(_ family: String) throws -> ModelExporter {
    ModelExporter(try ModelSource.open(Fixture.url("tiny/\(family)")))
  }

  private func expectTensors(of model: ModelSource, toBe expected: ModelSource) throws {
    #expect(Set(model.tensors.names) == Set(expected.tensors.names))
    for name in expected.tensors.names {
      #expect(model.tensors.shape(of: name) == expected.tensors.shape(of: name), "\(name)")
      var values = try expected.tensors.floats(of: name)
      // A GGUF file keeps Gemma's norm weights plus one, and that sum is rounded.
      if expected.configuration.family == .gemma3, name.hasSuffix("norm.weight") {
        values = values.map { ($0 + 1) - 1 }
      }
      #expect(try model.tensors.floats(of: name) == values, "\(name)")
    }
  }

  /// Compares `tokenizer.json` without what another library's version may spell otherwise.
  private func expectTokenizer(_ folder: String, toBe family: String) throws {
    let url = URL(filePath: folder).appending(path: "tokenizer.json")
    let ours = try JSONValue(parsing: Array(Data(contentsOf: url)))
    let theirs = try Fixture.json("tiny/\(family)/tokenizer.json")
    for key in ["added_tokens", "normalizer", "pre_tokenizer"] {
      #expect(ours[key]?.canonical == theirs[key]?.canonical, "\(key)")
    }
    for key in ["type", "vocab", "merges", "byte_fallback", "ignore_merges", "unk_token"] {
      #expect(ours["model"]?[key]?.canonical == theirs["model"]?[key]?.canonical, "\(key)")
    }
  }
}

/// A model's tensors with one of them replaced.
private struct Replaced: TensorSource {
  let base: any TensorSource
  let name: String
  let values: [Float]

  var path: String { base.path }
  var names: [String] { base.names }

  func shape(of name: String) -> [Int]? { base.shape(of: name) }

  func elementType(of name: String) -> ElementType? { base.elementType(of: name) }

  func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    guard name == self.name else {
      return try base.decodeRows(of: name, rows, into: &destination)
    }
    for i in 0..<destination.count { destination[i] = values[i] }
  }
}
