import Files
import Foundation
import Foundations
import Testing

struct LineReaderTests {
  @Test(arguments: [
    ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("\n\n", ["", ""]),
    ("a\r\nb\r\n", ["a", "b"]), ("a\rb\n", ["a\rb"]), ("é\n\n€", ["é", "", "€"]),
  ])
  func `lines come with their numbers and without their ends`(
    text: String,
    expected: [String]
  ) throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(text: text, to: folder.file("a"))

    let lines = try all(folder.file("a"))

    #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == expected)
    #expect(lines.map(\.number) == expected.indices.map { $0 + 1 })
  }

  @Test func `lines across the buffer's borders stay whole`() throws {
    let folder = try TemporaryFolder()
    let texts = (0..<400).map { String(repeating: "x\($0)", count: 1 + $0 * 3) }
    try AtomicFile.write(text: texts.joined(separator: "\n"), to: folder.file("a"))

    let lines = try all(folder.file("a"))

    #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == texts)
  }

  @Test func `a line that is too long is refused with its number`() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "x", count: 200_001)
    try AtomicFile.write(text: "fits\n\(long.dropLast())\n\(long)\n", to: folder.file("a"))
    let path = folder.file("a").path

    #expect(throws: FileError.lineTooLong(path: path, line: 3, limitBytes: 200_000)) {
      try all(folder.file("a"), limitBytes: 200_000)
    }
  }

  private func all(_ url: URL, limitBytes: Int = 1 << 20) throws -> [JSONLines.Line] {
    var reader = try LineReader(url, limitBytes: limitBytes)
    var lines: [JSONLines.Line] = []
    while let line = try reader.next() { lines.append(line) }
    return lines
  }
}
