import Foundation
import Foundations
import Testing

struct TimestampTests {
  @Test func `a time that was read from a text gives that text again`() throws {
    for millisecond in 0..<1000 {
      let digits = String(millisecond + 1000).dropFirst()
      let text = "2026-11-21T16:35:22.\(digits)Z"

      let date = try #require(Timestamp.date(from: text))

      #expect(Timestamp.text(of: date) == text)
    }
  }

  @Test func `a text without milliseconds is read, a word is not`() {
    #expect(Timestamp.date(from: "2025-01-31T09:30:00Z") != nil)
    #expect(Timestamp.date(from: "yesterday") == nil)
  }

  @Test func `a time is rounded down to the millisecond`() {
    let date = Date(timeIntervalSince1970: 1_700_000_000.9996)

    #expect(Timestamp.text(of: date) == "2023-11-14T22:13:20.999Z")
  }
}
