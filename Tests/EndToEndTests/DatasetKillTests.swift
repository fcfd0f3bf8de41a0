import Foundation
import Foundations
import TestSupport
import Testing

extension EndToEnd {
  /// `kill -9` in the middle of builds leaves whole datasets or none.
  struct DatasetKillTests {
    private let folder: ScratchFolder
    private let workspace: URL

    init() async throws {
      folder = try ScratchFolder()
      workspace = folder.file("workspace")
    }

    private func run(_ arguments: [String]) async throws -> Outcome {
      try await Program.run(arguments + ["--json"], workspace: workspace)
    }

    @Test func `a hundred killed builds leave whole datasets or none`() async throws {
      _ = try await run(["trace", "import", "--generator", "dev-reasoning-v2"])
      let clock = ContinuousClock()
      func arguments(_ version: Int) -> [String] {
        [
          "dataset", "build", "--name", "kill", "--version", "v\(version)", "--selection",
          "stratified", "--seed", "\(version)", "--limit", "400", "--test-count", "50",
        ]
      }
      let time = try await clock.measure { _ = try await run(arguments(0)) }
      var schedule = KillSchedule(milliseconds: Int(time / .milliseconds(1)))
      var kept: Set = ["kill-v0"]

      for version in 1...KillSchedule.kills {
        _ = try await Program.kill(
          arguments(version),
          workspace: workspace,
          afterMilliseconds: schedule.next()
        )
        let shown = try await run(["dataset", "verify", "kill-v\(version)"])
        schedule.note(isKept: shown.code == 0)
        if shown.code == 0 {
          #expect(try shown.json()["is_intact"] == true)
          kept.insert("kill-v\(version)")
        } else {
          #expect(shown.lastError.contains("there is no dataset"), "\(shown.errors)")
        }
      }

      print("Builds killed: \(schedule.lostCount) left nothing, \(schedule.keptCount) all.")
      #expect(schedule.lostCount >= KillSchedule.leastLost)
      let listed = try await run(["dataset", "list", "--limit", "200"]).json()
      let keys = (listed["datasets"]?.array ?? []).compactMap { $0["dataset_key"]?.string }
      #expect(Set(keys) == kept && keys.count == kept.count)
      for key in keys.prefix(5) {
        let rows = try await Program.run(["dataset", "export", key], workspace: workspace).lines()
        let shown = try await run(["dataset", "show", key]).json()
        #expect(rows.count == shown["trace_count"]?.int)
      }
      // What was interrupted is built as if nothing had happened.
      for version in 1...3 {
        #expect(try await run(arguments(version)).code == 0)
        #expect(
          try await run(["dataset", "verify", "kill-v\(version)"]).json()["is_intact"] == true
        )
      }
    }
  }
}
