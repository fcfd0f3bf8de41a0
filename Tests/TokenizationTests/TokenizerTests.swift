import Foundation
import Foundations
import ModelFormats
import TestSupport
import Testing
import Tokenization

struct TokenizerTests {
  /// A tokenizer's source and the fixture that it must match.
  struct Case: Sendable, CustomTestStringConvertible {
    let model: String
    let fixture: String
    var testDescription: String { model }
  }

  static let tiny =
    ["llama", "gpt2", "qwen2"].map {
      Case(model: "tiny/\($0)", fixture: "tiny/\($0)/tokenizer_fixture.json")
    } + [
      Case(model: "tiny/qwen3", fixture: "tiny/qwen2/tokenizer_fixture.json"),
      Case(
        model: "tiny_gguf/tiny-llama-Q4_0.gguf",
        fixture: "tiny/llama/tokenizer_fixture.json"
      ),
      Case(model: "tiny/gemma3_text", fixture: "tiny/gemma3_text/tokenizer_fixture.json"),
      Case(
        model: "tiny_gguf/tiny-gemma3-Q8_0.gguf",
        fixture: "tiny/gemma3_text/tokenizer_fixture.json"
      ),
    ]

  @Test(arguments: tiny)
  func `every string of the fixture has the reference's ids`(example: Case) throws {
    let tokenizer = try Self.tokenizer(example.model)

    try expectIDs(of: tokenizer, example.fixture)
  }

  @Test(arguments: tiny)
  func `every string of the fixture decodes as the reference decodes it`(example: Case) throws {
    let tokenizer = try Self.tokenizer(example.model)

    try expectTexts(of: tokenizer, example.fixture)
  }

  @Test(.enabled(if: TestModel.hasSmolLM2))
  func `every string of the SmolLM2 fixture has the reference's ids and text`() throws {
    let tokenizer = try Tokenizer(of: ModelSource.open(try #require(TestModel.smolLM2)))

    try expectIDs(of: tokenizer, "tokenizer_smollm2.json")
    try expectTexts(of: tokenizer, "tokenizer_smollm2.json")
  }

  @Test(.enabled(if: TestModel.hasSmolLM2))
  func `SmolLM2 lacks the bytes that the fixture names and nothing else`() throws {
    let tokenizer = try Tokenizer(of: ModelSource.open(try #require(TestModel.smolLM2)))
    let lacking = try Fixture.json("tokenizer_smollm2.json")["bytes_without_token"]?.array

    // Two-byte characters show the lead bytes; bytes above 0xF4 never stand in a text.
    let found = (0..<128).filter { byte in
      let text = String(decoding: [UInt8(byte)], as: UTF8.self)
      return tokenizer.encode(text, special: .parse).isEmpty
    }

    #expect(found == lacking?.compactMap(\.int).filter { $0 < 128 })
    #expect(tokenizer.vocabularySize == 49_152)
    #expect(tokenizer.bosID == 1)
    #expect(tokenizer.eosID == 2)
    #expect(tokenizer.endOfTurnIDs == [2])
    #expect(!tokenizer.addsBOSByDefault)
  }

  @Test(arguments: tiny)
  func `offsets name the bytes that a token stands for`(example: Case) throws {
    let tokenizer = try Self.tokenizer(example.model)
    for entry in try Self.entries(example.fixture) where entry["round_trip"]?.bool == true {
      let text = try #require(entry["text"]?.string)
      let bytes = Array(text.utf8)
      for token in tokenizer.encodeWithOffsets(text, special: .parse) {
        #expect(bytes[token.utf8Range].elementsEqual(tokenizer.bytes(of: token.id)), "\(text)")
      }
    }
  }

  @Test func `offsets of a normalised text name the original bytes`() throws {
    let tokenizer = try Self.tokenizer("tiny/qwen2")

    let tokens = tokenizer.encodeWithOffsets("x e\u{301}<|im_end|>", special: .parse)

    #expect(tokens.last?.utf8Range == 5..<15)
    #expect(tokens.dropLast().last?.utf8Range == 2..<5)
    #expect(tokens.first?.utf8Range.lowerBound == 0)
  }

  @Test func `the start token comes first when it is asked for`() throws {
    let tokenizer = try Self.tokenizer("tiny/llama")

    let plain = tokenizer.encodeWithOffsets("Hello", special: .parse)
    let started = tokenizer.encodeWithOffsets("Hello", special: .parse, addBOS: true)

    #expect(started.first == EncodedToken(id: 1, utf8Range: 0..<0))
    #expect(Array(started.dropFirst()) == plain)
  }

  @Test func `a model without a start token adds none`() throws {
    let tokenizer = try Self.tokenizer("tiny/qwen3")

    let ids = tokenizer.encode("Hello", special: .parse)

    #expect(tokenizer.encode("Hello", special: .parse, addBOS: true) == ids)
  }

  @Test func `a second encoding of the same text is the same`() throws {
    let tokenizer = try Self.tokenizer("tiny/llama")
    let text = "Step 1: 6 * 7 = 42\nStep 2: it isn't 41."

    let first = tokenizer.encodeWithOffsets(text, special: .parse)

    #expect(tokenizer.encodeWithOffsets(text, special: .parse) == first)
  }

  @Test func `ids that the vocabulary lacks stand for nothing`() throws {
    let tokenizer = try Self.tokenizer("tiny/llama")

    #expect(tokenizer.decode([-1, 67, 512, .max], skipSpecial: false) == "a")
    #expect(tokenizer.bytes(of: -5).isEmpty)
  }

  static func tokenizer(_ model: String) throws -> Tokenizer {
    if model.hasSuffix(".gguf") { return try Tokenizer(of: ModelSource.open(Fixture.url(model))) }
    return try Tokenizer(
      .huggingFace(
        tokenizer: Fixture.json("\(model)/tokenizer.json"),
        settings: Fixture.json("\(model)/tokenizer_config.json")
      )
    )
  }

  static func entries(_ fixture: String) throws -> [JSONValue] {
    let entries = try #require(try Fixture.json(fixture)["entries"]?.array)
    #expect(entries.count > 200)
    return entries
  }

  private func expectIDs(of tokenizer: Tokenizer, _ fixture: String) throws {
    for entry in try Self.entries(fixture) {
      let text = try #require(entry["text"]?.string)
      let parsed = tokenizer.encode(text, special: .parse)
      let plain = tokenizer.encode(text, special: .asText)
      let expected = ids(entry["ids_without_bos"] ?? entry["ids"])
      #expect(parsed == expected, "\(text.debugDescription)")
      #expect(plain == ids(entry["ids_parse_special_false"]), "\(text.debugDescription)")
    }
  }

  private func expectTexts(of tokenizer: Tokenizer, _ fixture: String) throws {
    for entry in try Self.entries(fixture) {
      let all = ids(entry["ids_without_bos"] ?? entry["ids"])
      let decoded = tokenizer.decode(all, skipSpecial: false)
      let clean = tokenizer.decode(all, skipSpecial: true)
      if let expected = entry["decoded"]?.string {
        #expect(Array(decoded.utf8) == Array(expected.utf8))
      }
      #expect(Array(clean.utf8) == entry["decoded_skip_special"]?.string.map { Array($0.utf8) })
      guard let pieces = entry["piece_hex"]?.array else { continue }
      #expect(all.map { hex(tokenizer.bytes(of: $0)) } == pieces.map { $0.string ?? "" })
    }
  }

  private func ids(_ value: JSONValue?) -> [Int32] {
    (value?.array ?? []).compactMap { $0.int.map(Int32.init) }
  }

  private func hex(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
