import Foundations
import ModelFormats
import TestSupport
import Testing
import Tokenization

struct TokenizerDefinitionTests {
  @Test(
    arguments: [
      ("pre_tokenizer", ["type": "Metaspace"], "Metaspace"),
      ("normalizer", ["type": "Lowercase"], "Lowercase"),
      ("model", nil, "model"),
      ("model", ["type": "Unigram"], "Unigram"),
      ("model", ["type": "BPE", "vocab": ["a": 0], "merges": ["a b"]], "merge 1"),
      ("model", ["type": "BPE", "vocab": ["a": 0], "merges": ["a"]], "merges"),
      ("model", ["type": "BPE", "vocab": ["a": -1], "merges": []], "-1"),
      ("model", ["type": "BPE", "vocab": ["a": 4_000_000_000], "merges": []], "4000000000"),
      ("model", ["type": "BPE", "vocab": ["a": 3, "b": 3], "merges": []], "3"),
      ("added_tokens", [["id": 0]], "added_tokens"),
    ] as [(String, JSONValue?, String)]
  )
  func `an entry that makes no sense is refused by name`(
    key: String,
    value: JSONValue?,
    word: String
  ) throws {
    var document = try Fixture.json("tiny/llama/tokenizer.json")
    if key == "model" { document = document.setting("added_tokens", to: []) }
    let changed = document.setting(key, to: value ?? .null)

    let error = #expect(throws: TokenizationError.self) {
      try Tokenizer(.huggingFace(tokenizer: changed, settings: nil))
    }

    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
  }

  @Test func `merges written as texts are read like pairs`() throws {
    let document = try Fixture.json("tiny/llama/tokenizer.json")
    let model = try #require(document["model"])
    let texts = (model["merges"]?.array ?? []).map { pair in
      JSONValue((pair[0]?.string ?? "") + " " + (pair[1]?.string ?? ""))
    }
    let changed = document.setting("model", to: model.setting("merges", to: .array(texts)))

    let old = try Tokenizer(.huggingFace(tokenizer: changed, settings: nil))
    let new = try Tokenizer(.huggingFace(tokenizer: document, settings: nil))

    let text = "Let's reason about this: first, we add the tens."
    #expect(old.encode(text, special: .parse) == new.encode(text, special: .parse))
  }

  @Test func `white space beside a token belongs to it where the file says so`() throws {
    let document = try Fixture.json("tiny/llama/tokenizer.json")
    let tokens = (document["added_tokens"]?.array ?? []).map {
      $0.setting("lstrip", to: true).setting("rstrip", to: true)
    }
    let changed = document.setting("added_tokens", to: .array(tokens))
    let tokenizer = try Tokenizer(.huggingFace(tokenizer: changed, settings: nil))

    let encoded = tokenizer.encodeWithOffsets("a \n<|im_end|>  b", special: .parse)

    #expect(encoded.map(\.utf8Range) == [0..<1, 1..<15, 15..<16])
  }

  @Test(arguments: ["prepend", "first", "always"])
  func `a rule for a first space gives the reference's ids and text`(rule: String) throws {
    let reference = try #require(
      try Fixture.json("tiny/gemma3_text/prefix_space.json")["rules"]?[rule]
    )
    var document = try Fixture.json("tiny/gemma3_text/tokenizer.json")
    for member in reference["members"]?.object ?? [] {
      document = document.setting(member.key, to: member.value)
    }
    let tokenizer = try Tokenizer(.huggingFace(tokenizer: document, settings: nil))
    let entries = try #require(reference["entries"]?.array)
    #expect(entries.count > 60)

    for entry in entries {
      let text = try #require(entry["text"]?.string)
      let tokens = tokenizer.encodeWithOffsets(text, special: .parse)
      #expect(tokens.map { Int($0.id) } == entry["ids"]?.array?.compactMap(\.int), "\(text)")
      #expect(tokens.allSatisfy { $0.utf8Range.upperBound <= text.utf8.count })

      let decoded = tokenizer.decode(tokens.map(\.id), skipSpecial: false)
      #expect(decoded == entry["decoded"]?.string, "\(text)")
      var stream = StreamingDecoder(tokenizer, skipSpecial: false)
      let pieces = tokens.map { stream.append($0.id) } + [stream.finish()]
      #expect(pieces.joined() == decoded)
    }
  }
}
