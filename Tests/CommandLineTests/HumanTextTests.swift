import Foundation
import Foundations
import Testing

@testable import CommandLine

struct HumanTextTests {
  @Test(arguments: [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (98_362_432, "98.4 MB")])
  func `sizes have decimal units`(bytes: Int, text: String) {
    #expect(HumanText.size(bytes) == text)
  }

  @Test(arguments: [(1.0, "1.000"), (0.0421, "0.042"), (0.000_4, "4.0e-04"), (5e-14, "5.0e-14")])
  func `a p value is never rounded to zero`(value: Double, text: String) {
    #expect(HumanText.pValue(value) == text)
  }

  @Test(arguments: [(0.04, "0.0 s"), (59.94, "59.9 s"), (125.4, "2 min 05 s")])
  func `durations are short`(seconds: Double, text: String) {
    #expect(HumanText.duration(seconds) == text)
  }

  @Test func `a difference always has its sign`() {
    #expect(HumanText.points(0.408) == "+40.8 points")
    #expect(HumanText.points(-0.01) == "-1.0 points")
  }

  @Test func `a long text is cut to one line`() {
    #expect(HumanText.line("a\n b", width: 10) == "a b")
    #expect(HumanText.line("abcdef", width: 4) == "abc…")
  }

  @Test func `a time is printed in UTC to the second`() {
    #expect(HumanText.time(Date(timeIntervalSince1970: 1_700_000_000)) == "2023-11-14 22:13:20")
  }

  @Test func `settings stand on one line and nested ones on lines of their own`() {
    let settings: JSONValue = [
      "judge": "v2", "seed": .null, "training": ["lora_r": 4, "targets": ["q", "k"]],
    ]

    #expect(HumanText.settings(settings) == "training: lora_r 4, targets q k\njudge v2")
  }
}
