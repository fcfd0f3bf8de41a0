import Files
import Foundation
import Foundations
import Testing
import Traces
import Workspace

/// Files of traces, stored wholly or not at all.
struct TraceFileImportTests {
  let scene: Scene
  var library: TraceLibrary { scene.workspace.traces }

  init() throws {
    scene = try Scene()
  }

  private func file(_ text: String) throws -> String {
    let url = scene.folder.appending(path: "\(UUID().uuidString).jsonl")
    try AtomicFile.write(text: text, to: url)
    return url.path
  }

  private func lines(_ numbers: Range<Int>) -> String {
    numbers.map { Scene.trace($0).json.compact + "\n" }.joined()
  }

  @Test func `several batches are stored in the file's order, once`() throws {
    let name = try file(lines(0..<3_000) + lines(0..<5))

    let first = try library.importFile(named: name)
    let second = try library.importFile(named: name)

    #expect(first.format == .tunix && first.isStored)
    #expect(first.recordCount == 3_005)
    #expect(first.createdCount == 3_000 && first.repeatedCount == 5)
    #expect(second.createdCount == 0 && second.existingCount == 3_005)
    let newest = try library.list(limit: 2)
    #expect(newest.map(\.trace) == [Scene.trace(2_999), Scene.trace(2_998)])
  }

  @Test func `one bad record keeps the whole file out and is named`() throws {
    let name = try file(lines(0..<2_000) + "\n{\"prompt\": 1}\nno JSON\n" + lines(5..<9))

    let report = try library.importFile(named: name)

    #expect(report.rejections.map(\.line) == [2_002, 2_003])
    #expect(report.rejections.map(\.pointer) == ["/trace_version", nil])
    #expect(report.createdCount == 0 && !report.isStored && report.failure != nil)
    #expect(try library.count() == 0)
  }

  @Test func `bad records are skipped where that is asked for`() throws {
    let long = String(repeating: "x", count: Limits.lineBytes + 1)
    let name = try file(lines(1..<2) + "not JSON\n" + long + "\n" + lines(2..<3))

    let report = try library.importFile(named: name, TraceImportOptions(skipsInvalid: true))

    #expect(report.rejections.map(\.line) == [2, 3])
    #expect(report.createdCount == 2 && report.isStored)
  }

  @Test func `a file is given up after so many errors`() throws {
    let name = try file(lines(0..<2) + String(repeating: "{\n", count: 5_000))

    let refused = try library.importFile(named: name)
    let given = try library.importFile(
      named: name,
      TraceImportOptions(skipsInvalid: true, maximumErrors: 3)
    )
    let all = try library.importFile(named: name, TraceImportOptions(skipsInvalid: true))

    #expect(refused.rejectedCount == Limits.importErrors)
    #expect(given.rejectedCount == 3 && !given.isStored)
    #expect(all.rejectedCount == 5_000 && all.rejections.count == Limits.listedErrors)
    #expect(try library.count() == 2)
  }

  @Test func `a dry run counts and stores nothing`() throws {
    try library.importTraces([Scene.trace(0)])
    let name = try file(lines(0..<4) + lines(1..<2) + "{}\n")

    let report = try library.importFile(named: name, TraceImportOptions(isDryRun: true))

    #expect(report.createdCount == 3 && report.existingCount == 1 && report.repeatedCount == 1)
    #expect(report.rejectedCount == 1 && !report.isStored)
    #expect(try library.count() == 1)
  }

  @Test func `source and licence are added where a trace names none`() throws {
    let own = Trace(
      prompt: "a",
      finalAnswer: "b",
      steps: [TraceStep(i: 0, type: "a", content: "c")],
      meta: ["source": "own"]
    )
    let name = try file(own.json.compact + "\n" + lines(0..<1))

    try #require(
      library.importFile(named: name, TraceImportOptions(source: "hand", license: "cc0")).isStored
    )

    let metas = try library.list().map(\.trace.meta)
    #expect(metas.map { $0?["source"] } == ["hand", "own"])
    #expect(metas.allSatisfy { $0?["license"] == "cc0" })
  }

  @Test func `a named format is kept to, and one that cannot be told is refused`() throws {
    let name = try file("{\"prompt\":\"a\",\"completion\":\"b\"}\n{\"text\":\"a\"}\n")
    let unknown = try file("{\"text\":\"a\"}\n")

    let report = try library.importFile(named: name, TraceImportOptions(format: .alpaca))
    let refused = try library.importFile(named: unknown)

    #expect(report.rejections.map(\.pointer) == ["/instruction", "/instruction"])
    #expect(refused.failure?.contains("gsm8k") == true && refused.format == nil)
    #expect(try library.importFile(named: try file("\n")).recordCount == 0)
  }

  @Test func `damaged files are refused or read in part, and every record is counted`() throws {
    var stream = RandomStream(seed: 7, name: "damage")
    let whole = Array(lines(0..<12).utf8)
    for round in 0..<150 {
      var bytes = whole
      if round.isMultiple(of: 3) { bytes = Array("[".utf8) + bytes }
      for _ in 0...stream.int(in: 0...20) {
        let place = stream.int(in: 0...bytes.count - 1)
        switch stream.int(in: 0...2) {
        case 0: bytes[place] = UInt8(stream.int(in: 0...255))
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8(stream.int(in: 0...255)), at: place)
        }
      }
      let url = scene.folder.appending(path: "damaged.jsonl")
      try Data(bytes).write(to: url)

      let report = try library.importFile(
        named: url.path,
        TraceImportOptions(format: .tunix, skipsInvalid: true)
      )

      let taken = report.createdCount + report.existingCount + report.repeatedCount
      #expect(report.recordCount == taken + report.rejectedCount, "round \(round)")
      #expect(report.rejections.allSatisfy { $0.line > 0 && !$0.reason.isEmpty })
    }
  }

  @Test func `a missing file is an error`() {
    #expect(throws: FileError.missing(path: "/absent.jsonl")) {
      try library.importFile(named: "/absent.jsonl")
    }
  }
}
