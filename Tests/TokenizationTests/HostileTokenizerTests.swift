import Foundations
import ModelFormats
import TestSupport
import Testing

@testable import Tokenization

struct HostileTokenizerTests {
  private func tokenizer(_ document: JSONValue) throws -> Tokenizer {
    try Tokenizer(.huggingFace(tokenizer: document, settings: nil))
  }

  /// The tiny Gemma tokenizer with other values in its model.
  private func gemma(_ key: String, _ value: JSONValue) throws -> JSONValue {
    let document = try Fixture.json("tiny/gemma3_text/tokenizer.json")
    let model = try #require(document["model"]).setting(key, to: value)
    return document.setting("model", to: model)
  }

  @Test(
    arguments: [
      ("type", "Unigram", "Unigram"), ("type", "WordPiece", "WordPiece"),
      ("type", "WordLevel", "SentencePiece-style BPE with byte fallback"),
      ("vocab", ["a": 0], "<0x00>"), ("merges", [["a", "nothing"]], "merge 1"),
      ("merges", 3, "model.merges"), ("vocab", [], "model.vocab"), ("vocab", ["a": "b"], "\"a\""),
      ("merges", [["a"]], "entry 1"), ("merges", [["", ""]], "merge 1"),
    ] as [(String, JSONValue, String)]
  )
  func `a model that makes no sense is refused by name`(
    key: String,
    value: JSONValue,
    word: String
  ) throws {
    var document = try gemma(key, value)
    if key == "vocab" { document = document.setting("added_tokens", to: []) }

    let error = #expect(throws: TokenizationError.self) { try tokenizer(document) }

    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
  }

  @Test(
    arguments: [
      ("normalizer", ["type": "NFKC"], "NFKC"),
      ("normalizer", ["type": "Sequence", "normalizers": [["type": "Strip"]]], "Strip"),
      ("pre_tokenizer", ["type": "Whitespace"], "Whitespace"),
    ] as [(String, JSONValue, String)]
  )
  func `a step that is not known is refused by name`(
    key: String,
    value: JSONValue,
    word: String
  ) throws {
    let document = try Fixture.json("tiny/gemma3_text/tokenizer.json").setting(key, to: value)

    let error = #expect(throws: TokenizationError.self) { try tokenizer(document) }

    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
  }

  @Test func `merges that go round in circles come to an end`() throws {
    // Each makes the token that the other starts from: longer every time, so no circle can close.
    let merges: JSONValue = [
      ["a", "b"], ["b", "a"], ["ab", "ab"], ["ba", "ba"], ["ab", "a"], ["a", "ba"], ["a", "b"],
    ]
    var vocabulary: [JSONValue.Member] = []
    for (id, name) in ["a", "b", "ab", "ba", "abab", "baba", "aba"].enumerated() {
      vocabulary.append(JSONValue.Member(key: name, value: JSONValue(id)))
    }
    var document = try Fixture.json("tiny/llama/tokenizer.json")
    let model = try #require(document["model"])
      .setting("vocab", to: .object(vocabulary)).setting("merges", to: merges)
    document = document.setting("added_tokens", to: []).setting("model", to: model)

    let tokenizer = try tokenizer(document)
    let text = String(repeating: "ab", count: 50_001)

    #expect(tokenizer.decode(tokenizer.encode(text, special: .parse), skipSpecial: false) == text)
  }

  @Test func `ids far apart are refused before memory is taken`() throws {
    let document = try gemma("vocab", ["a": 1_048_576]).setting("added_tokens", to: [])

    #expect(throws: TokenizationError.self) { try tokenizer(document) }
  }

  @Test func `many special tokens with one beginning are found in one walk`() throws {
    var document = try Fixture.json("tiny/llama/tokenizer.json")
    let tokens = (1...2000).map { count -> JSONValue in
      [
        "id": JSONValue(1000 + count), "content": .string(String(repeating: "x", count: count)),
        "special": true,
      ]
    }
    document = document.setting("added_tokens", to: .array(tokens))
    let tokenizer = try tokenizer(document)

    let text = String(repeating: "x", count: 100_000)

    #expect(tokenizer.encode(text, special: .parse) == Array(repeating: 3000, count: 50))
  }

  @Test func `random changes of a tokenizer's file never crash`() throws {
    let bytes = try Fixture.bytes("tiny/gemma3_text/tokenizer.json")
    var random = RandomStream(seed: 15, name: "hostile tokenizers")
    var accepted = 0
    for _ in 0..<60 {
      var changed = bytes
      for _ in 0..<random.int(in: 1...4) {
        let place = random.int(in: 0...changed.count - 1)
        switch random.int(in: 0...2) {
        case 0: changed[place] = UInt8(random.int(in: 0...127))
        case 1: changed.remove(at: place)
        default: changed.insert(UInt8(random.int(in: 0x20...0x7E)), at: place)
        }
      }
      guard let document = try? JSONValue(parsing: changed) else { continue }
      guard let tokenizer = try? tokenizer(document) else { continue }
      accepted += 1
      let text = "Let's see: 12 + 30 = 42.\n\u{2581}é 🦀<bos>"
      _ = tokenizer.decode(tokenizer.encode(text, special: .parse), skipSpecial: true)
    }
    #expect(accepted > 0)
  }
}
