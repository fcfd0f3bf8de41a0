import Testing

@testable import Generation

struct StopMatcherTests {
  /// The text that comes through piece by piece, and whether a stop string was met.
  private func run(_ stops: [String], _ pieces: [String]) -> (text: String, hasMatched: Bool) {
    var matcher = StopMatcher(stops)
    var text = ""
    for piece in pieces where !matcher.hasMatched { text += matcher.append(piece) }
    return (text + matcher.finish(), matcher.hasMatched)
  }

  @Test(
    arguments: [
      (["STOP"], ["one ", "ST", "OP two"], "one ", true),
      (["STOP"], ["one S", "T", "O", "P"], "one ", true),
      (["STOP"], ["one STO", "NE"], "one STONE", false),
      (["\n\n"], ["a\n", "b\n", "\nc"], "a\nb", true),
      (["aab"], ["a", "a", "a", "b"], "a", true),
      (["é!"], ["caf", "é", "!"], "caf", true),
      (["bc", "abcd"], ["xa", "bc", "d"], "xa", true),
      (["abcd", "bc"], ["xabcd"], "x", true),
      ([], ["a", "b"], "ab", false),
    ] as [([String], [String], String, Bool)]
  )
  func `a text ends before the stop string`(
    stops: [String],
    pieces: [String],
    text: String,
    hasMatched: Bool
  ) {
    let result = run(stops, pieces)
    #expect(result.text == text)
    #expect(result.hasMatched == hasMatched)
  }

  @Test func `only what may begin a stop string is held back`() {
    var matcher = StopMatcher(["end."])
    #expect(matcher.append("the e") == "the ")
    #expect(matcher.append("n") == "")
    #expect(matcher.append("emy") == "enemy")
    #expect(matcher.append(" en") == " ")
    #expect(matcher.finish() == "en")
  }

  @Test func `any split of a text gives the same result`() {
    let text = "abcabcabdabc"
    for stop in ["abd", "cab", "bcabd", "zzz", "abcabcabdabc"] {
      let expected = run([stop], [text])
      for cut in 1..<text.count {
        let pieces = [String(text.prefix(cut)), String(text.dropFirst(cut))]
        let result = run([stop], pieces)
        #expect(result.text == expected.text && result.hasMatched == expected.hasMatched)
      }
    }
  }
}
