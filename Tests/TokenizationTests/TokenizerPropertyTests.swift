import Foundation
import Foundations
import ModelFormats
import TestSupport
import Testing

@testable import Tokenization

struct TokenizerPropertyTests {
  static let models = [
    "tiny/llama", "tiny/gpt2", "tiny/qwen2", "tiny/gemma3_text", "tiny_gguf/tiny-gemma3-Q8_0.gguf",
  ]

  /// Scalars from every corner: marks that combine, line ends, digits, letters, spaces, rare planes.
  private static func text(_ random: inout RandomStream, count: Int) -> String {
    let blocks: [ClosedRange<UInt32>] = [
      0x20...0x7E, 0x20...0x7E, 0x20...0x7E, 0...0x1F, 0x80...0x24F, 0x300...0x36F, 0x370...0x6FF,
      0x900...0xDFF, 0x1100...0x11FF, 0x1E00...0x1FFF, 0x2000...0x25FF, 0x3040...0x30FF,
      0x4E00...0x4E80, 0xAC00...0xAC80, 0xF900...0xFA6A, 0xFE00...0xFFFF, 0x1F300...0x1F650,
      0x2F800...0x2FA1D, 0x1D100...0x1D1FF,
    ]
    let marks = ["'s", "'LL", "  ", "\n\n", "\r\n", "<|im_end|>", "<bos>", "\u{2581}", "12345"]
    var text = ""
    for _ in 0..<count {
      if random.int(in: 0...9) == 0 {
        text += marks[random.int(in: 0...marks.count - 1)]
        continue
      }
      let block = blocks[random.int(in: 0...blocks.count - 1)]
      let value = random.int(in: Int(block.lowerBound)...Int(block.upperBound))
      text.unicodeScalars.append(Unicode.Scalar(UInt32(value)) ?? "\u{FFFD}")
    }
    return text
  }

  @Test(arguments: models)
  func `any text comes back, and its tokens lie one after the other`(model: String) throws {
    let tokenizer = try TokenizerTests.tokenizer(model)
    var random = RandomStream(seed: 11, name: "texts/\(model)")
    for _ in 0..<120 {
      let text = Self.text(&random, count: random.int(in: 0...40))
      for special in [SpecialTokenHandling.parse, .asText] {
        let tokens = tokenizer.encodeWithOffsets(text, special: special)

        let decoded = tokenizer.decode(tokens.map(\.id), skipSpecial: false)
        let isNormalised = model.contains("qwen")
        let spelled = isNormalised ? text.precomposedStringWithCanonicalMapping : text
        let expected =
          model.contains("gemma")
          ? SpaceMark.text(of: Array(spelled.utf8)) : Array(spelled.utf8)
        #expect(Array(decoded.utf8) == expected, "\(text.debugDescription)")
        #expect(tokenizer.encode(text, special: special) == tokens.map(\.id))
        let starts = tokens.map(\.utf8Range.lowerBound)
        #expect(starts == starts.sorted())
        guard !isNormalised else { continue }
        #expect(tokens.first?.utf8Range.lowerBound ?? 0 == 0)
        #expect(tokens.last?.utf8Range.upperBound ?? 0 == text.utf8.count)
        let gaps = zip(tokens, tokens.dropFirst()).filter {
          $0.utf8Range.upperBound != $1.utf8Range.lowerBound
        }
        #expect(gaps.isEmpty, "\(text.debugDescription)")
      }
    }
  }

  @Test func `normalising stretch by stretch gives what normalising the whole gives`() {
    var random = RandomStream(seed: 12, name: "normal forms")
    for _ in 0..<1500 {
      let text = Self.text(&random, count: random.int(in: 0...20))
      let bytes = Array(text.utf8)

      let found = NormalisedText(bytes, 0..<bytes.count)?.bytes ?? bytes

      let whole = Array(text.precomposedStringWithCanonicalMapping.utf8)
      #expect(found == whole, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
    }
  }

  @Test(arguments: ["tiny/gemma3_text", "tiny_gguf/tiny-gemma3-Q8_0.gguf"])
  func `cutting a text changes no token`(model: String) throws {
    let source =
      model.hasSuffix("gguf")
      ? try ModelSource.open(Fixture.url(model)).vocabulary()
      : .huggingFace(tokenizer: try Fixture.json("\(model)/tokenizer.json"), settings: nil)
    let definition =
      switch source {
      case .gguf(let metadata): try TokenizerDefinition(gguf: metadata)
      case .huggingFace(let json, _): try TokenizerDefinition(huggingFace: json, settings: nil)
      }
    let encoder = try TextEncoder(definition)
    let uncut = try TextEncoder(definition, cuts: false)
    var random = RandomStream(seed: 13, name: "cuts")
    let words = [
      "the", " the", "rea", "son", " in", "g", "e", "s", " ", "tens", "\u{2581}", "é", "1",
    ]
    for _ in 0..<600 {
      let parts = (0..<20).map { _ in words[random.int(in: 0...words.count - 1)] }
      let text = ScannedText(unclassified: Array(parts.joined().utf8))
      var scratch = EncodingScratch()
      var other = EncodingScratch()
      var (left, right) = (IDSink(), IDSink())

      encoder.encode(text, 0..<text.bytes.count, &scratch, into: &left)
      uncut.encode(text, 0..<text.bytes.count, &other, into: &right)

      #expect(left.ids == right.ids, "\(parts)")
    }
  }

  @Test func `short and long pieces merge alike`() throws {
    let tokenizer = try TokenizerTests.tokenizer("tiny/gpt2")
    // A run of one letter: its tokens repeat with the period of the longest merge.
    for count in [40, 47, 48, 49, 50, 64, 65, 200] {
      let ids = tokenizer.encode(String(repeating: "e", count: count), special: .parse)
      #expect(ids.reduce(0) { $0 + tokenizer.bytes(of: $1).count } == count)
      let merged = zip(ids, ids.dropFirst()).allSatisfy { left, right in
        let joined = Array(tokenizer.bytes(of: left) + tokenizer.bytes(of: right))
        return tokenizer.encode(String(decoding: joined, as: UTF8.self), special: .parse).count > 1
      }
      #expect(merged)
    }
  }

  @Test(
    .timeLimit(.minutes(2)),
    arguments: models
  )
  func `hostile texts take time in proportion to their length`(model: String) throws {
    let tokenizer = try TokenizerTests.tokenizer(model)
    let texts = [
      String(repeating: "a", count: 300_000), String(repeating: "ab", count: 150_000),
      String(repeating: " ", count: 300_000), String(repeating: "\n", count: 300_000),
      String(repeating: "the", count: 100_000), String(repeating: "<|im_", count: 60_000),
      String(repeating: "e\u{301}", count: 200_000), String(repeating: "\u{301}", count: 200_000),
      String(repeating: "'", count: 150_000), String(repeating: "7", count: 150_000),
    ]
    for text in texts {
      let start = ContinuousClock.now
      let count = tokenizer.encode(text, special: .parse).count
      let seconds = start.duration(to: .now) / .seconds(1)
      #expect(count > 0)
      #expect(seconds < 10, "\(text.prefix(8)) took \(seconds) s")
    }
  }

  @Test func `calls at once give what calls one by one give`() async throws {
    let tokenizer = try TokenizerTests.tokenizer("tiny/llama")
    var random = RandomStream(seed: 14, name: "calls")
    let texts = (0..<64).map { _ in Self.text(&random, count: 30) }
    let expected = texts.map { tokenizer.encode($0, special: .parse) }

    let found = await withTaskGroup(of: (Int, [Int32]).self) { group in
      for (place, text) in texts.enumerated() {
        group.addTask { (place, tokenizer.encode(text, special: .parse)) }
      }
      var found = [[Int32]](repeating: [], count: texts.count)
      for await (place, ids) in group { found[place] = ids }
      return found
    }

    #expect(found == expected)
  }
}
