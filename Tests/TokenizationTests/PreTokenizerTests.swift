import Testing

@testable import Tokenization

struct PreTokenizerTests {
  @Test(arguments: [
    ("Hello, world!", ["Hello", ",", " world", "!"]),
    ("it's I'M", ["it", "'s", " I", "'", "M"]),
    ("a  b", ["a", " ", " b"]), ("a \n b  ", ["a", " \n", " b", "  "]),
    ("x 15", ["x", " 15"]), ("²½ ⅷ", ["²½", " ⅷ"]), ("\t\tq", ["\t", "\t", "q"]),
    ("a\u{A0}b", ["a", "\u{A0}", "b"]), ("a\u{200B}b", ["a", "\u{200B}", "b"]),
  ])
  func `GPT-2's pattern cuts as written`(text: String, pieces: [String]) {
    expect(.gpt2, text, pieces)
  }

  @Test(arguments: [
    ("x 15", ["x", " ", "1", "5"]), ("\n\n12", ["\n\n", "1", "2"]),
    ("a² b", ["a", "²", " b"]), ("  7  ", ["  ", "7", "  "]), ("", []),
  ])
  func `SmolLM isolates number characters first`(text: String, pieces: [String]) {
    expect(.smolLM, text, pieces)
  }

  @Test(arguments: [
    ("I'M it'Ll", ["I", "'M", " it", "'Ll"]), ("'ſabc", ["'ſ", "abc"]),
    ("(word) -x", ["(word", ")", " -", "x"]), ("a 12", ["a", " ", "1", "2"]),
    ("!?\n\nb", ["!?\n\n", "b"]), (" \n \n  c", [" \n \n", " ", " c"]),
    ("\tq\u{A0}w", ["\tq", "\u{A0}w"]), ("\nq", ["\n", "q"]), ("a   ", ["a", "   "]),
  ])
  func `Qwen2's pattern cuts as written`(text: String, pieces: [String]) {
    expect(.qwen2, text, pieces)
  }

  @Test(arguments: [
    ("12345 6", ["123", "45", " ", "6"]), ("a²½ⅷ9", ["a", "²½ⅷ", "9"]),
    ("'LL 1", ["'LL", " ", "1"]),
    ("(word)\n\n", ["(word", ")\n\n"]),
  ])
  func `Llama 3's pattern keeps up to three number characters`(text: String, pieces: [String]) {
    expect(.llama3, text, pieces)
  }

  private func expect(_ splitter: PreTokenizer, _ text: String, _ pieces: [String]) {
    let bytes = Array(text.utf8)
    var table = ScalarClassTable()
    let scanned = ScannedText(bytes, &table)
    var found: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let end = splitter.endOfPiece(scanned, from: start, to: bytes.count)
      found.append(Array(bytes[start..<end]))
      start = end
    }
    #expect(found == pieces.map { Array($0.utf8) })
  }
}
