import Files
import Foundation
import Foundations
import ModelFormats
import TestSupport
import Testing

struct ModelSourceTests {
  @Test func `a GGUF and the folder it was made from give the same tensors in the same order`()
    throws
  {
    let gguf = try ModelSource.open(Fixture.url("tiny_gguf/tiny-llama-F32.gguf"))
    let folder = try ModelSource.open(Fixture.url("tiny/llama"))

    #expect(Set(gguf.tensors.names) == Set(folder.tensors.names))
    for name in folder.tensors.names {
      #expect(gguf.tensors.shape(of: name) == folder.tensors.shape(of: name))
      #expect(try gguf.tensors.floats(of: name) == folder.tensors.floats(of: name), "\(name)")
    }
  }

  @Test func `rows of q come in the usual order one by one too`() throws {
    let source = try ModelSource.open(Fixture.url("tiny_gguf/tiny-llama-Q8_0.gguf"))
    let name = "model.layers.1.self_attn.q_proj.weight"
    let whole = try source.tensors.floats(of: name)

    for row in 0..<64 {
      var values = [Float](repeating: 0, count: 64)
      var span = values.mutableSpan
      try source.tensors.decodeRows(of: name, row..<row + 1, into: &span)
      #expect(values == Array(whole[row * 64..<(row + 1) * 64]))
    }
  }

  @Test func `a GGUF and the folder it was made from state the same configuration`() throws {
    let gguf = try ModelSource.open(Fixture.url("tiny_gguf/tiny-llama-F32.gguf"))
    let folder = try ModelSource.open(Fixture.url("tiny/llama"))

    #expect(gguf.configuration == folder.configuration)
    #expect(gguf.chatTemplate == folder.chatTemplate)
    #expect(gguf.chatTemplate?.contains("named SmolLM") == true)
    #expect(gguf.format == .gguf)
    #expect(folder.format == .huggingFace)
  }

  @Test func `norm weights of a Gemma GGUF are given without the one that the file adds`() throws {
    let file = try GGUFFile(mapping: Fixture.url("tiny_gguf/tiny-gemma3-Q8_0.gguf"))
    let source = try ModelSource.open(Fixture.url("tiny_gguf/tiny-gemma3-Q8_0.gguf"))

    let stored = try file.floats(of: "blk.3.post_ffw_norm.weight")
    let given = try source.tensors.floats(of: "model.layers.3.post_feedforward_layernorm.weight")

    #expect(given == stored.map { $0 - 1 })
  }

  @Test(.enabled(if: TestModel.hasSmolLM2))
  func `SmolLM2 is opened with its published shape`() throws {
    let source = try ModelSource.open(try #require(TestModel.smolLM2))
    let configuration = source.configuration

    #expect(configuration.family == .llama)
    #expect(configuration.hiddenSize == 576)
    #expect(configuration.intermediateSize == 1536)
    #expect(configuration.layers == 30)
    #expect(configuration.heads == 9)
    #expect(configuration.kvHeads == 3)
    #expect(configuration.headSize == 64)
    #expect(configuration.vocabularySize == 49_152)
    #expect(configuration.contextLength == 8192)
    #expect(configuration.ropeTheta == 100_000)
    #expect(configuration.normEpsilon == 1e-5)
    #expect(configuration.tiedEmbeddings)
    #expect(configuration.eosTokenIDs == [2])
    #expect(source.tensors.names.count == 272)
  }

  @Test func `what is not a model is refused with its reason`() throws {
    let missing = Fixture.url("tiny/none")
    #expect(throws: FormatError.file(.missing(path: missing.path))) {
      try ModelSource.open(missing)
    }
    #expect(throws: FormatError.self) {
      try ModelSource.open(Fixture.url("tiny/llama/model.safetensors"))
    }
    let error = #expect(throws: FormatError.self) { try ModelSource.open(Fixture.url("tiny")) }
    #expect(error?.description.contains("config.json") == true)
  }
}
