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
      let whole = try await clock.measure { _ = try await run(arguments(0)) }
      let milliseconds = max(2, Int(whole / .milliseconds(1)))
      var random = SystemRandomNumberGenerator()

      for version in 1...100 {
        try await Program.kill(
          arguments(version),
          workspace: workspace,
          afterMilliseconds: Int.random(in: 0..<milliseconds, using: &random)
        )
      }

      let listed = try await run(["dataset", "list", "--limit", "200"]).json()
      let keys = (listed["datasets"]?.array ?? []).compactMap { $0["dataset_key"]?.string }
      #expect(keys.count < 101, "no build was interrupted")
      for key in keys.prefix(10) {
        #expect(try await run(["dataset", "verify", key]).json()["is_intact"] == true)
        let shown = try await run(["dataset", "show", key]).json()
        let rows = try await Program.run(["dataset", "export", key], workspace: workspace).lines()
        #expect(rows.count == shown["trace_count"]?.int)
      }
      // What was interrupted is built as if nothing had happened.
      for version in [1, 50, 100] {
        #expect(try await run(arguments(version)).code == 0)
        #expect(
          try await run(["dataset", "verify", "kill-v\(version)"]).json()["is_intact"] == true
        )
      }
    }
  }
}
