import Foundation
import Foundations
import Subprocess
import TestSupport
import Testing

extension EndToEnd {
  /// Files of the field's formats become traces, wholly or not at all.
  struct ImportTests {
    private let folder: ScratchFolder
    private let workspace: URL

    init() throws {
      folder = try ScratchFolder()
      workspace = folder.file("workspace")
    }

    private func run(_ arguments: [String], input: String = "") async throws -> Outcome {
      try await Program.run(arguments, workspace: workspace, input: input)
    }

    private func count() async throws -> Int? {
      try await run(["trace", "count", "--json"]).json()["total"]?.int
    }

    private func lines(_ count: Int) -> String {
      (0..<count).map { number in
        #"{"prompt":"What is \#(number) + 1?","completion":"\#(number + 1)"}"# + "\n"
      }.joined()
    }

    @Test func `problems of reasoning-gym become a dataset and are exported`() async throws {
      let steps = Fixture.url("traces/reasoning_gym_steps.jsonl").path
      let questions = Fixture.url("traces/reasoning_gym_questions.jsonl").path

      let imported = try await run([
        "trace", "import", steps, questions, "--source", "reasoning-gym", "--license", "Apache-2.0",
        "--json",
      ]).json()
      let again = try await run(["trace", "import", steps, questions, "--json"]).json()
      let stamped = try await run([
        "trace", "import", steps, questions, "--source", "reasoning-gym", "--license", "Apache-2.0",
        "--json",
      ]).json()
      _ = try await run([
        "dataset", "build", "--name", "gym", "--version", "v1", "--filter", "license=Apache-2.0",
        "--test-count", "40", "--limit", "1000",
      ])
      let rows = try await run(["dataset", "export", "gym-v1", "--format", "training_example"])

      #expect(imported["imports"]?[0]?["format"] == "tunix")
      #expect(imported["imports"]?[1]?["format"] == "prompt_completion")
      #expect(imported["created"]?.int == imported["total"]?.int)
      #expect((imported["created"]?.int ?? 0) > 200)
      // Without the source and the licence the content differs, so these are other traces.
      #expect(again["created"] == imported["created"])
      #expect(stamped["created"] == 0 && stamped["existing"] == imported["created"])
      let exported = try rows.lines()
      #expect(exported.count == imported["created"]?.int)
      let gcd = try #require(exported.first { $0["metadata"]?["category"] == "gcd" })
      #expect(gcd["response"]?.string?.hasPrefix("Reasoning:\n1. ") == true)
      let plain = try #require(exported.first { $0["metadata"]?["category"] == "leg_counting" })
      #expect(plain["response"]?.string?.hasPrefix("Answer: ") == true)
    }

    @Test func `every format is imported in one call, also from standard input`() async throws {
      let names = ["alpaca", "gsm8k", "messages", "openthoughts", "sharegpt", "think", "tunix"]
      let files = names.map { Fixture.url("traces/formats/\($0).jsonl").path }
      let array = "[" + lines(3).split(separator: "\n").joined(separator: ",\n") + "]\n"

      let report = try await run(["trace", "import"] + files + ["-", "--json"], input: array).json()

      #expect(
        report["imports"]?.array?.compactMap { $0["format"]?.string } == names + [
          "prompt_completion"
        ]
      )
      #expect(report["rejected"] == 0)
      #expect(report["imports"]?.array?.last?["created"] == 3)
      #expect(report["total"] == report["created"])
    }

    @Test func `one invalid line keeps its file out and leaves the others in`() async throws {
      let good = try folder.write(lines(3), to: "good.jsonl").path
      let bad = try folder.write(
        lines(2) + #"{"prompt":"a","completion":5}"# + "\n",
        to: "bad.jsonl"
      ).path

      let refused = try await run(["trace", "import", bad, good, "--json"])
      let stored = try await count()
      let skipped = try await run(["trace", "import", bad, "--skip-invalid", "--json"]).json()

      #expect(refused.code == 1)
      #expect(refused.lastError.hasPrefix("error: 1 invalid line"), "\(refused.errors)")
      let report = try JSONValue(parsing: refused.output)
      #expect(report["imports"]?[0]?["rejected"]?[0]?["line"] == 3)
      #expect(report["imports"]?[0]?["rejected"]?[0]?["pointer"] == "/completion")
      #expect(report["imports"]?[0]?["stored"] == false)
      #expect(stored == 3)
      #expect(skipped["existing"] == 2 && skipped["rejected"] == 1)
    }

    @Test func `a dry run reports and stores nothing`() async throws {
      let file = try folder.write(lines(5) + lines(2), to: "a.jsonl").path

      let dry = try await run(["trace", "import", file, "--dry-run", "--json"]).json()
      let isMade = FileManager.default.fileExists(atPath: workspace.path)
      let real = try await run(["trace", "import", file, "--json"]).json()

      #expect(dry["created"] == 5 && dry["repeated"] == 2 && dry["total"] == 0)
      #expect(dry["formats"] == ["prompt_completion": 7])
      #expect(!isMade)
      #expect(real["created"] == 5 && real["total"] == 5)
    }

    @Test func `an unknown format lists the formats`() async throws {
      let file = try folder.write(#"{"text":"a"}"# + "\n", to: "a.jsonl").path

      let outcome = try await run(["trace", "import", file])

      #expect(outcome.code == 1)
      for word in ["text", "alpaca", "gsm8k", "openthoughts"] {
        #expect(outcome.lastError.contains(word), "\(outcome.errors)")
      }
    }

    /// A file of its own for each round that was stored, so that every import has all to write.
    private func killFile(_ round: Int, lines: Int = killedLines) throws -> String {
      let text = (0..<lines).map { number in
        #"{"prompt":"Round \#(round): what is \#(number) + 1?","completion":"\#(number + 1)"}"#
          + "\n"
      }.joined()
      return try folder.write(text, to: "round-\(round).jsonl").path
    }

    /// What a log may hold before the first trace is written to it.
    private static let openedLogBytes = 65_536

    private static let killedLines = 2_000

    /// Bytes of the log that SQLite writes to before anything else.
    private static func logBytes(_ workspace: URL) -> Int {
      let log = workspace.appending(path: "tunix-rt.sqlite-wal").path
      return (try? FileManager.default.attributesOfItem(atPath: log))?[.size] as? Int ?? 0
    }

    @Test func `an import that is killed while it writes leaves nothing of its file`() async throws
    {
      #expect(try await run(["trace", "import", "-"], input: lines(10)).code == 0)
      let workspace = workspace
      let many = 20_000
      var torn = 0
      var total = 10

      for round in 0..<8 {
        let file = try killFile(round, lines: many)
        let outcome = try await Program.signal(
          .kill,
          ["trace", "import", file],
          workspace: workspace,
          when: { Self.logBytes(workspace) > Self.openedLogBytes }
        )
        let size = Self.logBytes(workspace)
        let found = try await run(["trace", "search", "what", "--limit", "1", "--json"]).json()
        let stored = try await count() ?? -1
        #expect(found["total"]?.int == stored, "the index and the traces differ")
        #expect(stored == total || stored == total + many, "\(stored) traces after \(total)")
        if outcome.code == -9, size > Self.openedLogBytes, stored == total { torn += 1 }
        total = stored
      }

      print("Imports killed while writing: \(torn) of 8 left nothing though the log had begun.")
      #expect(torn > 0)
    }

    @Test func `a hundred killed imports leave the database whole, all of a file or nothing`()
      async throws
    {
      #expect(try await run(["trace", "import", "-"], input: lines(10)).code == 0)
      let first = try killFile(0)
      let time = try await ContinuousClock().measure {
        _ = try await run(["trace", "import", first, "--json"]).json()
      }
      var schedule = KillSchedule(milliseconds: Int(time / .milliseconds(1)))
      var total = 10 + Self.killedLines
      var file = try killFile(1)
      var written = 0

      for _ in 0..<KillSchedule.kills {
        _ = try await Program.kill(
          ["trace", "import", file],
          workspace: workspace,
          afterMilliseconds: schedule.next()
        )
        let size = Self.logBytes(workspace)
        let found = try await run(["trace", "search", "what", "--limit", "1", "--json"]).json()
        let stored = try await count() ?? -1
        #expect(found["total"]?.int == stored, "the index and the traces differ")
        let isKept = stored == total + Self.killedLines
        #expect(isKept || stored == total, "\(stored) traces after \(total)")
        schedule.note(isKept: isKept)
        if !isKept, size > Self.openedLogBytes { written += 1 }
        total = stored
        if isKept { file = try killFile(schedule.keptCount + 1) }
      }

      print(
        "Imports killed: \(schedule.lostCount) left nothing, \(written) of them with a log half "
          + "written; \(schedule.keptCount) were stored."
      )
      #expect(schedule.lostCount >= KillSchedule.leastLost)
      let again = try await run(["trace", "import", "-", "--json"], input: lines(10)).json()
      let whole = try await run(["trace", "import", file, first, "--json"]).json()
      #expect(again["existing"] == 10)
      #expect(whole["created"]?.int == Self.killedLines)
      #expect(whole["total"]?.int == total + Self.killedLines)
    }
  }
}
