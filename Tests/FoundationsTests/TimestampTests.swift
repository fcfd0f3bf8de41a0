import Foundation
import Foundations
import Testing

struct TimestampTests {
  private let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  @Test func `a text is what the library writes, whatever the day`() {
    var stream = RandomStream(seed: 1, name: "timestamp")
    for _ in 0..<2_000 {
      // The years 1558 to 9999, at milliseconds that a double holds exactly.
      let seconds = stream.int(in: -13_000_000_000...253_402_300_799)
      let date = Date(timeIntervalSince1970: Double(seconds) + 0.125)

      #expect(Timestamp.text(of: date) == date.formatted(style))
      #expect(Timestamp.date(from: Timestamp.text(of: date)) == date)
    }
  }

  @Test func `a text reads back as itself at every millisecond`() {
    for millisecond in 0..<1_000 {
      let digits = String(millisecond)
      let text =
        "2026-11-21T17:35:59." + String(repeating: "0", count: 3 - digits.count) + digits
        + "Z"
      #expect(Timestamp.date(from: text).map(Timestamp.text) == text)
    }
  }

  @Test(arguments: [
    "2024-02-29T00:00:00.000Z", "2000-02-29T23:59:59.999Z", "1970-01-01T00:00:00.000Z",
    "1600-01-01T00:00:00.000Z", "1599-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z",
    "1969-12-31T23:59:59.999Z",
  ])
  func `a day at an edge reads back`(text: String) {
    #expect(Timestamp.date(from: text).map(Timestamp.text) == text)
  }

  @Test func `a time is rounded down to the millisecond`() {
    let date = Date(timeIntervalSince1970: 1_700_000_000.9996)

    #expect(Timestamp.text(of: date) == "2023-11-14T22:13:20.999Z")
  }

  @Test func `other forms of ISO 8601 are read too, and nothing else`() {
    #expect(Timestamp.date(from: "2025-01-31T09:30:00Z")?.timeIntervalSince1970 == 1_738_315_800)
    #expect(
      Timestamp.date(from: "2025-01-31T10:30:00.000+01:00")?.timeIntervalSince1970 == 1_738_315_800
    )
    #expect(Timestamp.date(from: "yesterday") == nil)
  }

  @Test(
    arguments: [
      ("0B6F7E2C-8E0A-4F3B-9C1D-2A3B4C5D6E7F", "0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e7f"),
      ("0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e7f", "0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e7f"),
      ("0b6f7e2c8e0a-4f3b-9c1d-2a3b4c5d6e7f0", nil), ("0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e7", nil),
      ("0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e7g", nil), ("", nil),
      ("0b6f7e2c-8e0a-4f3b-9c1d-2a3b4c5d6e-f", nil),
    ] as [(String, String?)]
  )
  func `an identifier is a UUID in lower case`(text: String, expected: String?) {
    #expect(Identifier<Int>(text)?.text == expected)
  }
}
