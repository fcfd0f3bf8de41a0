import Foundations
import TestSupport
import Testing

struct JSONValueTests {
  @Test func `every kind reads back what compact text wrote`() throws {
    let value: JSONValue = [
      "b": [1, 2.5, -3, true, false], "a": .null, "text": "line\n\"quoted\" \u{1}é",
      "empty": [:], "none": [],
    ]

    let again = try JSONValue(parsing: value.compact)

    #expect(again == value)
    #expect(value.compact.hasPrefix(#"{"b":[1,2.5,-3,true,false],"a":null,"#))
  }

  @Test func `pretty text is indented by two spaces`() {
    let value: JSONValue = ["a": [1, ["b": 2]], "c": []]

    #expect(
      value.pretty == """
        {
          "a": [
            1,
            {
              "b": 2
            }
          ],
          "c": []
        }
        """
    )
  }

  @Test func `ascii text escapes what is outside ascii as python does`() throws {
    let value: JSONValue = "é😀\u{7F}\t"

    #expect(value.asciiEscaped == #""\u00e9\ud83d\ude00\u007f\t""#)
    #expect(try JSONValue(parsing: value.asciiEscaped) == value)
  }

  @Test func `numbers keep the text they were written with`() throws {
    let value = try JSONValue(parsing: "[1.0, 1e2, 12345678901234567890, -0]")

    #expect(value.compact == "[1.0,1e2,12345678901234567890,-0]")
    #expect(value[0]?.int == 1)
    #expect(value[1]?.int == 100)
    #expect(value[2]?.int == nil)
    #expect(value[2]?.double == Double(12_345_678_901_234_567_890 as UInt64))
  }

  @Test func `keys are compared by bytes, not by canonical equivalence`() throws {
    let value = try JSONValue(parsing: "{\"e\\u0301\": 1, \"\\u00e9\": 2}")

    #expect(value["\u{E9}"] == 2)
    #expect(value["e\u{301}"] == 1)
    #expect(JSONValue.string("\u{E9}") != JSONValue.string("e\u{301}"))
  }

  @Test func `repeated keys are kept and the last one answers`() throws {
    let value = try JSONValue(parsing: #"{"a":1,"a":2}"#)

    #expect(value["a"] == 2)
    #expect(value.object?.count == 2)
  }

  @Test func `setting replaces a member in place or adds it`() {
    let value: JSONValue = ["a": 1, "b": 2]

    #expect(value.setting("a", to: 3).compact == #"{"a":3,"b":2}"#)
    #expect(value.setting("c", to: 3).compact == #"{"a":1,"b":2,"c":3}"#)
  }

  @Test func `a double that JSON cannot write becomes null`() {
    #expect(JSONValue(Double.nan) == .null)
    #expect(JSONValue(Double.infinity) == .null)
    #expect(JSONValue(0.1).compact == "0.1")
  }

  @Test func `encodable and decodable types pass through`() throws {
    struct Row: Codable, Equatable {
      var step: Int
      var loss: Double
      var hash: ContentHash
    }
    let row = Row(step: 3, loss: 0.25, hash: ContentHash(ofText: "x"))

    let json = try JSONValue(encoding: row)

    #expect(json["step"] == 3)
    #expect(json["loss"]?.double == 0.25)
    #expect(try json.decode(Row.self) == row)
  }

  @Test func `a shape that does not fit names the place`() throws {
    struct Row: Decodable { var steps: [Int] }

    #expect {
      try JSONValue(parsing: #"{"steps":[1,"x"]}"#).decode(Row.self)
    } throws: { error in
      "\(error)".contains("/steps/")
    }
  }
}

struct JSONParserTests {
  @Test(arguments: [
    ("", 0, "a value"), ("[1,]", 3, "a value"), ("{\"a\" 1}", 5, "\":\""),
    ("[1 2]", 3, "\",\" or \"]\""), ("tru", 3, "the word true"), ("01", 1, "the end"),
    ("\"abc", 4, "closing quote"), ("\"\\x\"", 2, "after a backslash"), ("1.", 2, "a digit"),
    ("\"\\ud800\"", 3, "surrogate"), ("{1:2}", 1, "member name"), ("nulll", 4, "the end"),
    ("\"a\nb\"", 2, "closing quote"), ("-", 1, "a digit"),
  ])
  func `a broken text is refused at its byte`(text: String, offset: Int, expected: String) {
    do {
      _ = try JSONValue(parsing: text)
      Issue.record("\(text) was accepted")
    } catch {
      guard case .syntax(let at, _, _, let wanted, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(at == offset)
      #expect(wanted.contains(expected))
    }
  }

  @Test func `the error counts lines and columns from one`() {
    #expect {
      try JSONValue(parsing: "{\n  \"a\": ?\n}")
    } throws: { error in
      (error as? JSONError)
        == .syntax(offset: 9, line: 2, column: 8, expected: "a value", found: "\"?\"")
    }
  }

  @Test func `bytes that are not utf8 are refused`() {
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
  }

  @Test(arguments: ["\"", "\\", "\n", "\u{1F}", "\u{0}", "é", "\u{7F}", " ", "!", "#", "[", "]"])
  func `a character is read and written wherever it stands`(character: String) throws {
    for before in 0..<20 {
      for after in 0..<20 {
        let text =
          String(repeating: "x", count: before) + character + String(repeating: "ÿ", count: after)
        let value = JSONValue.string(text)

        #expect(try JSONValue(parsing: value.compact) == value)
        #expect(try JSONValue(parsing: value.asciiEscaped) == value)
      }
    }
  }

  @Test func `a byte that is not utf8 is refused wherever it stands`() {
    for before in 0..<20 {
      let bytes =
        Array("\"".utf8) + Array(repeating: 0x61, count: before) + [0xC3] + Array("a\"".utf8)

      #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    }
  }

  @Test func `texts of the same length are compared byte by byte`() {
    // Two spellings of one character with two bytes each side of it.
    let composed = "\u{1E69}x"
    let other = "\u{1E63}\u{307}"

    #expect(!composed.hasSameBytes(as: other))
    #expect("\u{212B}".hasSameBytes(as: "\u{212B}"))
    #expect(!"\u{2126}ab".hasSameBytes(as: "\u{3A9}abc"))
    #expect("ab\u{2126}" == "ab\u{3A9}")
    #expect(!"\u{340}".hasSameBytes(as: "\u{300}"))
    #expect("\u{340}" == "\u{300}")
    #expect("".hasSameBytes(as: ""))
    let long = String(repeating: "long text ", count: 10)
    #expect((long + "a").hasSameBytes(as: long + "a"))
    #expect(!(long + "a").hasSameBytes(as: long + "b"))
  }

  @Test func `nesting is bounded`() throws {
    let allowed = Limits.jsonDepth
    let deep = { (depth: Int) in
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    _ = try JSONValue(parsing: deep(allowed))

    #expect(throws: JSONError.self) { try JSONValue(parsing: deep(allowed + 1)) }
  }

  @Test func `escapes of every kind are read`() throws {
    let value = try JSONValue(parsing: #""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00""#)

    #expect(value.string == "\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{1F600}")
  }

  @Test(.timeLimit(.minutes(1)))
  func `a text of four megabytes is read whole`() throws {
    let row = #"{"token Ġ\u0120":12345,"merges":["a b","c d"],"score":-1.5},"#
    let text = "[" + String(repeating: row, count: 70_000) + "0]"

    let value = try JSONValue(parsing: text)

    #expect(text.utf8.count > 4_000_000)
    #expect(value.array?.count == 70_001)
    #expect(value[69_999]?["token ĠĠ"] == 12_345)
  }

  @Test func `blank lines and carriage returns are skipped, numbers stay`() throws {
    let lines = JSONLines.lines(of: Array("{\"a\":1}\r\n\n  \n[2]\n".utf8))

    #expect(lines.map(\.number) == [1, 4])
    #expect(try lines[0].value()["a"] == 1)
    #expect(JSONLines.text([["a": 1], 2]) == "{\"a\":1}\n2\n")
  }
}

struct CanonicalJSONTests {
  /// Number texts of RFC 8785, appendix B.
  @Test(arguments: [
    (0x0000_0000_0000_0000 as UInt64, "0"),
    (0x8000_0000_0000_0000, "0"),
    (0x0000_0000_0000_0001, "5e-324"),
    (0x8000_0000_0000_0001, "-5e-324"),
    (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
    (0x4340_0000_0000_0000, "9007199254740992"),
    (0xc340_0000_0000_0000, "-9007199254740992"),
    (0x4430_0000_0000_0000, "295147905179352830000"),
    (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
    (0x44b5_2d02_c7e1_4af6, "1e+23"),
    (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
    (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
    (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
    (0x444b_1ae4_d6e2_ef50, "1e+21"),
    (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
    (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
    (0x41b3_de43_5555_5553, "333333333.3333332"),
    (0x41b3_de43_5555_5554, "333333333.33333325"),
    (0x41b3_de43_5555_5557, "333333333.33333343"),
    (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
    (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
  ])
  func `numbers are written as ECMAScript writes them`(bits: UInt64, text: String) {
    let bytes = JSONValue(Double(bitPattern: bits)).canonical

    #expect(String(decoding: bytes, as: UTF8.self) == text)
  }

  @Test func `members are sorted by utf16 and strings keep their characters`() throws {
    let value = try JSONValue(
      parsing: #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"ö":7}"#
    )

    let text = String(decoding: value.canonical, as: UTF8.self)

    #expect(
      text == "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{F6}\":7,\"\u{20AC}\":1,"
        + "\"\u{1F600}\":5,\"\u{FB33}\":3}"
    )
  }

  @Test func `spacing, member order and number spelling do not change the hash`() throws {
    let one = try JSONValue(parsing: #"{ "b" : 1.0, "a" : [1e2] }"#)
    let other = try JSONValue(parsing: #"{"a":[100],"b":1}"#)

    #expect(ContentHash(ofCanonical: one) == ContentHash(ofCanonical: other))
  }
}
