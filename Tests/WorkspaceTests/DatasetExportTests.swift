import Datasets
import Foundation
import Foundations
import Persistence
import Rendering
import Testing
import Traces
import Workspace

struct DatasetExportTests {
  let scene: Scene
  var library: DatasetLibrary { scene.workspace.datasets }

  init() throws {
    scene = try Scene()
    try scene.freeze()
  }

  private func bytes(_ format: ExportFormat, in split: DatasetSplit? = nil) throws -> [UInt8] {
    var export = try library.export("sums-v1", as: format, in: split)
    var bytes: [UInt8] = []
    while let piece = try export.next() {
      #expect(!piece.isEmpty)
      bytes += piece
    }
    return bytes
  }

  @Test(arguments: ExportFormat.allCases)
  func `an export has the same bytes every time`(format: ExportFormat) throws {
    let once = try bytes(format)
    #expect(!once.isEmpty)
    #expect(try bytes(format) == once)
  }

  @Test(arguments: ExportFormat.allCases.filter(\.isJSONLines))
  func `rows follow the dataset's order, and a side's rows are its own`(format: ExportFormat) throws
  {
    let dataset = try library.show("sums-v1")
    for split in [nil, DatasetSplit.train, .test] {
      let items = split.map { dataset.items(in: $0) } ?? dataset.items
      let rows = try JSONLines.lines(of: bytes(format, in: split)).map { try $0.value() }

      let ids = rows.map {
        ($0["metadata"]?["source_trace_id"] ?? $0["trace_id"] ?? $0["id"])?.string
      }
      #expect(ids == items.map(\.traceID.text))
    }
  }

  @Test func `a file is there whole or not at all`() throws {
    let file = scene.folder.appending(path: "rows.csv")
    var export = try library.export("sums-v1", as: .csv)

    let size = try export.write(to: file)

    #expect(try Data(contentsOf: file) == Data(try bytes(.csv)))
    #expect(size == (try bytes(.csv)).count)
  }

  @Test func `an export stops at a trace that is not what was frozen`() throws {
    let victim = try library.show("sums-v1").items[30].traceID
    try scene.database.execute(unchecked: "DROP TRIGGER \"trace refuses UPDATE\"")
    try scene.database.execute(
      unchecked: """
        UPDATE trace SET payload = json_set(payload, '$.final_answer', '999')
        WHERE id = '\(victim)'
        """
    )
    let file = scene.folder.appending(path: "rows.jsonl")
    var export = try library.export("sums-v1", as: .trace)

    #expect(throws: DatasetError.self) { try export.write(to: file) }

    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test func `a row is found by its index, also on its side`() throws {
    let dataset = try library.show("sums-v1")
    let test = dataset.items(in: .test)

    let row = try library.row(of: "sums-v1", at: 7, in: .test)

    #expect(row.stored.id == test[7].traceID && row.split == "test")
    #expect(dataset.items[row.position] == test[7])
    #expect(throws: WorkspaceError.noSuchRow(dataset: "sums-v1", index: 20, count: 20)) {
      try library.row(of: "sums-v1", at: 20, in: .test)
    }
    #expect(throws: WorkspaceError.self) { try library.row(of: "sums-v1", at: -1) }
  }

  /// Whatever a valid trace holds, it comes out of an export as it went in.
  @Test func `any valid trace survives import, build and export`() throws {
    let scene = try Scene()
    var stream = RandomStream(seed: 3, name: "any-trace")
    let traces = (0..<200).map { AnyTrace.trace($0, &stream) }
    try scene.workspace.traces.importTraces(traces)
    let library = scene.workspace.datasets
    let dataset = try library.build(
      DatasetRecipe(name: "any", version: "v1", selection: .random, limit: 500, seed: 1)
    ).dataset
    let byHash = Dictionary(traces.map { ($0.contentHash, $0) }) { first, _ in first }
    let expected = try dataset.items.map { try #require(byHash[$0.contentHash]) }

    let frozen = try library.traces(of: "any-v1").map(\.trace)
    var export = try library.export("any-v1", as: .trace)
    var bytes: [UInt8] = []
    while let piece = try export.next() { bytes += piece }
    let rows = try JSONLines.lines(of: bytes).map { try $0.value() }

    #expect(expected.count == byHash.count)
    #expect(frozen.map(\.json) == expected.map(\.json))
    for (row, trace) in zip(rows, expected) {
      #expect(row["prompts"] == .string(trace.prompt))
      #expect(row["final_answer"] == .string(trace.finalAnswer))
      #expect(row["trace_steps"] == .array(trace.steps.map { .string($0.content) }))
    }
    #expect(try library.verify("any-v1").isIntact)
  }
}

/// Valid traces with whatever characters a text may hold.
enum AnyTrace {
  static func trace(_ number: Int, _ stream: inout RandomStream) -> Trace {
    var indices = Array(0..<20)
    indices = stream.shuffled(indices)
    let steps = (0..<stream.int(in: 1...6)).map { place in
      TraceStep(
        i: indices[place],
        type: text(&stream, upTo: 10),
        content: text(&stream, upTo: 60),
        extra: stream.int(in: 0...4) == 0
          ? [JSONValue.Member(key: "weight", value: 1.50)] : []
      )
    }
    return Trace(
      traceVersion: "1.0",
      prompt: "\(number)" + text(&stream, upTo: 80),
      finalAnswer: text(&stream, upTo: 20),
      steps: steps,
      meta: stream.int(in: 0...3) == 0
        ? nil : ["category": .string(text(&stream, upTo: 8)), "n": JSONValue(number), "x": .null],
      extra: [JSONValue.Member(key: text(&stream, upTo: 5) + "'", value: [1, .null, "é"])]
    )
  }

  private static func text(_ stream: inout RandomStream, upTo length: Int) -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "Z", "0", " ", "\n", "\r", "\t", "\"", "\\", ",", "/", "é", "\u{301}", "ß", "中", "🙂",
      "\u{0}", "\u{1F}", "\u{7F}", "\u{2028}", "\u{FEFF}", "<", ">", "&", "|", "'",
    ]
    var text = ""
    for _ in 0..<stream.int(in: 1...length) { text.unicodeScalars.append(stream.choice(scalars)) }
    return text
  }
}
