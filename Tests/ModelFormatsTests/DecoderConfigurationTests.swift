import Foundations
import ModelFormats
import TestSupport
import Testing

struct DecoderConfigurationTests {
  @Test(arguments: ["llama", "qwen2", "qwen3", "gemma3_text"])
  func `both spellings of config.json give the same configuration`(family: String) throws {
    let new = try configuration("tiny/\(family)/config.json")
    let old = try configuration("tiny/\(family)/config.legacy.json")

    #expect(new == old)
    #expect(new.family.rawValue == family)
  }

  @Test func `Gemma 3 slides on all but every sixth layer`() throws {
    let gemma = try configuration("tiny/gemma3_text/config.json")

    #expect(gemma.attentionSpans.map { $0 == .full } == (1...7).map { $0 == 6 })
    #expect(gemma.slidingWindow == 8)
    #expect(gemma.ropeTheta == 1_000_000)
    #expect(gemma.localRopeTheta == 10_000)
    #expect(gemma.attentionScale == 1 / 20.0.squareRoot())
    #expect(gemma.headSize == 24)
    #expect(gemma.tiedEmbeddings)
  }

  @Test func `GPT-2 names its sizes otherwise`() throws {
    let gpt2 = try configuration("tiny/gpt2/config.json")

    #expect(gpt2.hiddenSize == 64)
    #expect(gpt2.intermediateSize == 256)
    #expect(gpt2.contextLength == 128)
    #expect(gpt2.hasFeedForwardBias)
  }

  @Test func `Qwen2 has biases on q, k and v only, and Qwen3 normalises q and k`() throws {
    let qwen2 = try configuration("tiny/qwen2/config.json")
    let qwen3 = try configuration("tiny/qwen3/config.json")

    #expect(qwen2.hasQueryKeyValueBias)
    #expect(!qwen2.hasAttentionOutputBias)
    #expect(!qwen3.hasQueryKeyValueBias)
    #expect(qwen3.normalisesQueryAndKey)
    #expect(qwen3.headSize == 32)
    #expect(!qwen3.tiedEmbeddings)
  }

  @Test(
    arguments: [
      ("model_type", "mamba", "mamba"), ("hidden_act", "relu", "relu"),
      ("rope_parameters", ["rope_type": "yarn"], "yarn"),
      ("num_key_value_heads", 3, "3"), ("hidden_size", 0, "hidden_size"),
      ("hidden_size", "wide", "hidden_size"), ("num_hidden_layers", nil, "num_hidden_layers"),
      ("vocab_size", 1e30, "vocab_size"), ("head_dim", 15, "15"),
    ] as [(String, JSONValue?, String)]
  )
  func `a wrong or unknown setting is refused by name`(
    key: String,
    value: JSONValue?,
    word: String
  ) throws {
    let document = try Fixture.json("tiny/llama/config.json")
    let changed = document.setting(key, to: value ?? .null)

    let error = #expect(throws: FormatError.self) {
      try DecoderConfiguration(huggingFace: changed, path: "config.json")
    }

    #expect(error?.description.contains(word) == true)
  }

  private func configuration(_ path: String) throws -> DecoderConfiguration {
    try DecoderConfiguration(huggingFace: Fixture.json(path), path: path)
  }
}
