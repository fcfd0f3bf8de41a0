import Foundations
import ModelFormats
import TestSupport
import Testing
import Tokenization

struct StreamingDecoderTests {
  @Test(arguments: [true, false])
  func `all pieces joined are the decoded text`(skipSpecial: Bool) throws {
    let tokenizer = try TokenizerTests.tokenizer("tiny/llama")
    for entry in try TokenizerTests.entries("tiny/llama/tokenizer_fixture.json") {
      let ids = (entry["ids"]?.array ?? []).compactMap { $0.int.map(Int32.init) }
      var decoder = StreamingDecoder(tokenizer, skipSpecial: skipSpecial)

      let pieces = ids.map { decoder.append($0) } + [decoder.finish()]

      let whole = tokenizer.decode(ids, skipSpecial: skipSpecial)
      #expect(Array(pieces.joined().utf8) == Array(whole.utf8))
    }
  }

  @Test func `a character comes out with its last byte`() throws {
    let tokenizer = try TokenizerTests.tokenizer("tiny/llama")
    let ids = tokenizer.encode("🦀", special: .parse)
    var decoder = StreamingDecoder(tokenizer, skipSpecial: true)

    let pieces = ids.map { decoder.append($0) }

    #expect(ids.count > 1)
    #expect(pieces.last == "🦀")
    #expect(pieces.dropLast().joined() == "")
    #expect(decoder.finish() == "")
  }

  @Test func `any order of bytes streams to the text that decoding them gives`() throws {
    let tokenizer = try TokenizerTests.tokenizer("tiny/llama")
    var random = RandomStream(seed: 7, name: "streaming")
    // The tiny vocabulary has a token for each byte value.
    let bytes = (0..<512).filter { tokenizer.bytes(of: Int32($0)).count == 1 }
    #expect(bytes.count == 256)
    for _ in 0..<2000 {
      let ids = (0..<6).map { _ in Int32(bytes[random.int(in: 0...255)]) }
      var decoder = StreamingDecoder(tokenizer, skipSpecial: false)

      let pieces = ids.map { decoder.append($0) } + [decoder.finish()]

      #expect(Array(pieces.joined().utf8) == Array(tokenizer.decode(ids, skipSpecial: false).utf8))
    }
  }

  @Test func `a character that is cut off ends as a replacement character`() throws {
    let tokenizer = try TokenizerTests.tokenizer("tiny/llama")
    let ids = tokenizer.encode("é", special: .parse)
    var decoder = StreamingDecoder(tokenizer, skipSpecial: true)

    #expect(decoder.append(ids[0]) == "")
    #expect(decoder.finish() == "\u{FFFD}")
  }
}
