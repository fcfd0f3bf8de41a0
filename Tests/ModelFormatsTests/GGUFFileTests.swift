import Foundation
import Foundations
import ModelFormats
import TestSupport
import Testing

struct GGUFFileTests {
  static let files = [
    "tiny-llama-F32.gguf", "tiny-llama-F16.gguf", "tiny-llama-Q8_0.gguf", "tiny-llama-Q4_0.gguf",
    "tiny-llama-Q4_1.gguf", "tiny-llama-Q5_0.gguf", "tiny-gemma3-Q8_0.gguf",
  ]

  @Test(arguments: files)
  func `every tensor of the tiny models is bit-equal to the reference`(name: String) throws {
    let expected = try #require(
      try Fixture.json("tiny_gguf/expected.json")["files"]?[name]?["tensors"]
    )
    let file = try GGUFFile(mapping: Fixture.url("tiny_gguf/\(name)"))

    try expectTensors(of: file, toBe: expected)
  }

  @Test(.enabled(if: TestModel.hasSmolLM2))
  func `every tensor of SmolLM2 is bit-equal to the reference`() throws {
    let expected = try #require(try Fixture.json("weights_smollm2.json")["tensors"])
    let file = try GGUFFile(mapping: try #require(TestModel.smolLM2))

    try expectTensors(of: file, toBe: expected)
  }

  @Test func `dimensions are listed fastest first and shapes slowest first`() throws {
    let file = try GGUFFile(mapping: Fixture.url("tiny_gguf/tiny-llama-Q4_1.gguf"))

    #expect(file.tensor(named: "blk.0.ffn_down.weight")?.dimensions == [96, 64])
    #expect(file.shape(of: "blk.0.ffn_down.weight") == [64, 96])
  }

  @Test func `metadata keeps numbers, texts and lists`() throws {
    let metadata = try GGUFFile(mapping: Fixture.url("tiny_gguf/tiny-llama-Q4_1.gguf")).metadata

    #expect(metadata.text("general.architecture") == "llama")
    #expect(metadata.integer("llama.block_count") == 2)
    #expect(metadata.number("llama.rope.freq_base") == 100_000)
    #expect(metadata.bool("tokenizer.ggml.add_bos_token") == false)
    #expect(metadata.strings("tokenizer.ggml.tokens")?.count == 512)
    #expect(metadata.strings("tokenizer.ggml.tokens")?.text(1) == "<|im_start|>")
    #expect(metadata.integers("tokenizer.ggml.token_type")?.first == 3)
  }

  @Test func `some rows decode to the same values as in the whole tensor`() throws {
    let file = try GGUFFile(mapping: Fixture.url("tiny_gguf/tiny-llama-Q8_0.gguf"))
    let whole = try file.floats(of: "token_embd.weight")

    var rows = [Float](repeating: 0, count: 3 * 64)
    var span = rows.mutableSpan
    try file.decodeRows(of: "token_embd.weight", 200..<203, into: &span)

    #expect(rows == Array(whole[200 * 64..<203 * 64]))
  }

  @Test func `asking for a tensor or for rows that are not there throws`() throws {
    let file = try GGUFFile(mapping: Fixture.url("tiny_gguf/tiny-llama-Q8_0.gguf"))
    var values = [Float](repeating: 0, count: 64)

    #expect(throws: FormatError.missingTensor(path: file.path, name: "nothing.weight")) {
      try file.floats(of: "nothing.weight")
    }
    #expect(throws: FormatError.self) {
      var span = values.mutableSpan
      try file.decodeRows(of: "token_embd.weight", 512..<513, into: &span)
    }
    #expect(throws: FormatError.self) {
      var span = values.mutableSpan
      try file.decodeRows(of: "token_embd.weight", 0..<2, into: &span)
    }
  }

  private func expectTensors(of file: GGUFFile, toBe expected: JSONValue) throws {
    let members = try #require(expected.object)
    #expect(file.names == members.map(\.key))
    for member in members {
      let shape = member.value["rows_columns"]?.array?.compactMap(\.int)
      #expect(file.shape(of: member.key) == shape)
      #expect(file.elementType(of: member.key)?.rawValue == member.value["type"]?.string)
      let values = try file.floats(of: member.key)
      let hash = ContentHash(ofFloats: values).hex
      #expect(hash == member.value["sha256_f32"]?.string, "\(member.key)")
    }
  }
}
