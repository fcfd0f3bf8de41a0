import Foundation
import Foundations
import ModelFormats
import TestSupport
import Testing

struct DamagedModelTests {
  @Test func `a damaged model is refused or decodes, and never crashes`() throws {
    let whole = try Fixture.bytes("tiny_gguf/tiny-llama-Q4_0.gguf")
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).gguf")
    defer { try? FileManager.default.removeItem(at: url) }
    var random = RandomStream(seed: 2, name: "model mutations")
    var outcomes = (opened: 0, refused: 0)
    for _ in 0..<400 {
      var bytes = whole
      // Settings stand in the first 1000 bytes, the vocabulary after them.
      bytes[random.int(in: 0...2000)] = UInt8(random.int(in: 0...255))
      try Data(bytes).write(to: url)
      do throws(FormatError) {
        let source = try ModelSource.open(url)
        for name in source.tensors.names { _ = try source.tensors.floats(of: name) }
        outcomes.opened += 1
      } catch {
        outcomes.refused += 1
      }
    }
    #expect(outcomes.opened > 20)
    #expect(outcomes.refused > 20)
  }

  @Test func `an empty file, a folder without settings and a text are no models`() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).gguf")
    defer { try? FileManager.default.removeItem(at: url) }
    for text in ["", "G", "Hello, this is not a model at all."] {
      try Data(text.utf8).write(to: url)
      #expect(throws: FormatError.self) { try ModelSource.open(url) }
      #expect(throws: FormatError.self) { try SafetensorsFile(mapping: url) }
    }
  }
}
