import Foundations
import TestSupport
import Testing

@testable import ModelFormats

struct GenerationDefaultsTests {
  private static let document: JSONValue = [
    "bos_token_id": 151643, "do_sample": true, "eos_token_id": [151645, 151643],
    "pad_token_id": 151643, "repetition_penalty": 1.1, "temperature": 0.7, "top_k": 20,
    "top_p": 0.8, "transformers_version": "4.37.0",
  ]

  @Test func `what the makers suggest is read`() throws {
    let defaults = try GenerationDefaults(huggingFace: Self.document, path: "test")

    #expect(defaults.eosTokenIDs == [151_645, 151_643])
    #expect(defaults.temperature == 0.7 && defaults.topK == 20 && defaults.topP == 0.8)
    #expect(defaults.repetitionPenalty == 1.1 && defaults.samples == true)
    #expect(defaults.minP == nil)
  }

  @Test func `what was written is read back`() throws {
    let defaults = try GenerationDefaults(huggingFace: Self.document, path: "test")

    #expect(try GenerationDefaults(huggingFace: defaults.document, path: "again") == defaults)
  }

  @Test func `a model's end tokens are those of both documents`() throws {
    let scratch = try ScratchFolder()
    let model = try TinyLlama.copy(in: scratch)
    try scratch.write(#"{"eos_token_id":[0,2],"top_k":5}"#, to: "model/generation_config.json")

    let source = try ModelSource.open(model)

    #expect(source.configuration.eosTokenIDs == [2, 0])
    #expect(source.generation.topK == 5)
    let url = scratch.file("model.gguf")
    try ModelExporter(source).writeGGUF(to: url, type: .float16, name: "two ends")
    let written = try ModelSource.open(url)
    #expect(written.configuration.eosTokenIDs == [2, 0])
    #expect(written.generation.topK == 5)
  }

  @Test(
    arguments: [("temperature", -1), ("top_p", 2), ("top_k", -3), ("eos_token_id", "end")]
      as [(String, JSONValue)]
  )
  func `a value that makes no sense is refused by name`(key: String, value: JSONValue) {
    let error = #expect(throws: FormatError.self) {
      try GenerationDefaults(
        huggingFace: Self.document.setting(key, to: value),
        path: "generation_config.json"
      )
    }

    #expect(error?.description.contains(key) == true)
  }
}
