import Files
import Foundation
import Foundations
import Testing

struct AppendLogTests {
  @Test func `lines are added one after another, over several openings`() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("metrics.jsonl")

    for opening in 0..<2 {
      var log = try AppendLog(url)
      for step in 0..<2 { try log.append(["opening": .init(opening), "step": .init(step)]) }
      try log.synchronise()
    }

    let expected = """
      {"opening":0,"step":0}
      {"opening":0,"step":1}
      {"opening":1,"step":0}
      {"opening":1,"step":1}

      """
    #expect(try String(contentsOf: url, encoding: .utf8) == expected)
  }

  @Test func `a line that a crash cut off does not spoil the next one`() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("metrics.jsonl")
    try AtomicFile.write(text: "{\"step\":0}\n{\"st", to: url)

    var log = try AppendLog(url)
    try log.append(["step": 1])

    let lines = try String(contentsOf: url, encoding: .utf8)
    #expect(lines == "{\"step\":0}\n{\"st\n{\"step\":1}\n")
  }
}
