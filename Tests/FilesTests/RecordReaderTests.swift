import Files
import Foundation
import Foundations
import Testing

struct RecordReaderTests {
  private func records(_ text: String, limitBytes: Int = 1 << 20) throws -> [JSONLines.Line] {
    let folder = try TemporaryFolder()
    try AtomicFile.write(text: text, to: folder.file("a"))
    var reader = try RecordReader(folder.file("a"), limitBytes: limitBytes)
    var records: [JSONLines.Line] = []
    while let record = try reader.next() { records.append(record) }
    return records
  }

  @Test(arguments: [
    ("", [], []), ("{}\n\n {\"a\":1}\r\n", ["{}", " {\"a\":1}"], [1, 3]),
    ("\u{FEFF}{}\n", ["{}"], [1]), (" \n[]", [], []),
    ("[{\"a\":[1,2]},\n {\"b\":\"]\\\",\"}]\n", ["{\"a\":[1,2]}", "{\"b\":\"]\\\",\"}"], [1, 2]),
    ("\n[\n1\n,\n\n2]", ["1\n", "2"], [3, 6]),
  ])
  func `lines and array elements come with the line that they begin on`(
    text: String,
    expected: [String],
    numbers: [Int]
  ) throws {
    let records = try records(text)

    #expect(records.map { String(decoding: $0.bytes, as: UTF8.self) } == expected)
    #expect(records.map(\.number) == numbers)
  }

  @Test(arguments: ["[1", "[1,", "[{\"a\":\"", "[1] 2", "[1,,2]", "[1 2]", "[}]", "[1,]"])
  func `an array that is not whole gives a record that is no JSON`(text: String) throws {
    let records = try records(text)

    #expect(records.contains { (try? $0.value()) == nil }, "\(records)")
  }

  @Test(arguments: [("", "\n", ""), ("[", ",", "]")])
  func `a record that is too long is passed over`(
    open: String,
    between: String,
    close: String
  ) throws {
    let long = "\"" + String(repeating: "x", count: 700_000) + "\""
    let text = open + ["1", long, "2"].joined(separator: between) + close
    let folder = try TemporaryFolder()
    try AtomicFile.write(text: text, to: folder.file("a"))
    var reader = try RecordReader(folder.file("a"), limitBytes: 1_000)

    #expect(try reader.next()?.bytes == Array("1".utf8))
    #expect(throws: FileError.self) { try reader.next() }
    #expect(try reader.next()?.bytes == Array("2".utf8))
    #expect(try reader.next() == nil)
  }
}
