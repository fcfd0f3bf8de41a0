import Foundation
import Foundations
import TestSupport
import Testing

extension EndToEnd {
  /// Ctrl-C stops at a step's end, says what was kept, and ends with 130.
  struct InterruptTests {
    private let folder: ScratchFolder
    private let workspace: URL

    init() throws {
      folder = try ScratchFolder()
      workspace = folder.file("workspace")
    }

    private func arguments(steps: Int, adapter: URL? = nil) throws -> [String] {
      [
        "train", "--config",
        try folder.write(
          TinyLlama.configuration(model: TinyLlama.url, adapter: adapter, steps: steps),
          to: "train.yaml"
        ).path,
        "--data", try folder.write(lines: try TinyLlama.rows(), to: "rows.jsonl").path,
        "--output", folder.file("out").path,
      ]
    }

    @Test func `an interrupted training keeps its adapter, and goes on from it`() async throws {
      let metrics = folder.file("out/metrics.jsonl")

      let outcome = try await Program.interrupt(
        try arguments(steps: 1_000_000),
        workspace: workspace,
        when: { ((try? Data(contentsOf: metrics)) ?? Data()).count > 100 }
      )

      let steps = try folder.lines("out/metrics.jsonl").count
      #expect(outcome.code == 130)
      #expect(
        outcome.lastError.hasPrefix("error: interrupted; stopped after step \(steps) of 1000000"),
        "\(outcome.lastError)"
      )
      #expect(outcome.lastError.contains("kept: the adapter"))
      #expect(folder.names("out/adapter") == ["adapter_config.json", "adapter_model.safetensors"])
      let next = try await Program.run(
        try arguments(steps: 1, adapter: folder.file("out/adapter")) + ["--json"],
        workspace: workspace
      ).json()
      #expect(next["steps"] == 1)
    }

    @Test func `an interrupted answer ends with 130`() async throws {
      let model = try TinyLlama.copy(in: folder, settings: ["max_position_embeddings": 200_000])
      let inputs = try folder.write(
        lines: (0..<20).map { ["ids": [JSONValue(5 + $0)]] },
        to: "inputs.jsonl"
      )
      let begin = ContinuousClock.now

      let outcome = try await Program.interrupt(
        [
          "generate", "--model", model.path, "--file", inputs.path, "--max-new-tokens", "100000",
          "--batch-size", "1",
        ],
        workspace: workspace,
        when: { begin.duration(to: .now) > .seconds(1) }
      )

      #expect(outcome.code == 130)
      #expect(outcome.output.isEmpty)
      #expect(
        outcome.lastError.hasPrefix("error: interrupted; stopped after "),
        "\(outcome.errors)"
      )
    }
  }
}
