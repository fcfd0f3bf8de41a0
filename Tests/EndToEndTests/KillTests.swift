import Foundation
import Foundations
import Subprocess
import TestSupport
import Testing

extension EndToEnd {
  /// `kill -9` at any moment loses nothing but time, and threads change no byte.
  struct KillTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func arguments(
      output: String,
      steps: Int,
      saveSteps: Int,
      threads: Int? = nil
    ) throws -> [String] {
      let yaml =
        "model: \(TinyLlama.url.path)\n" + TinyRows.settings(steps: steps, saveSteps: saveSteps)
      return [
        "train", "--config", try folder.write(yaml, to: "train.yaml").path,
        "--data", try folder.write(lines: TinyRows.make(40), to: "rows.jsonl").path,
        "--output", folder.file(output).path, "--dtype", "f32", "--json",
      ] + (threads.map { ["--threads", "\($0)"] } ?? [])
    }

    private func adapter(_ output: String) throws -> Data {
      try Data(contentsOf: folder.file("\(output)/adapter/adapter_model.safetensors"))
    }

    private func metrics(_ output: String) throws -> [[JSONValue.Member]] {
      try folder.lines("\(output)/metrics.jsonl").map { row in
        (row.object ?? []).filter { !["timestamp", "tokens_per_second"].contains($0.key) }
      }
    }

    @Test func `killed again and again and resumed, a run ends with the bytes of a whole one`()
      async throws
    {
      let workspace = folder.file("workspace")
      let whole = try arguments(output: "whole", steps: 120, saveSteps: 7)
      #expect(try await Program.run(whole, workspace: workspace).code == 0)
      var random = SystemRandomNumberGenerator()
      let arguments = try arguments(output: "out", steps: 120, saveSteps: 7) + ["--resume", "auto"]
      let metricsFile = folder.file("out/metrics.jsonl")
      var kills = 0

      for part in 1...4 {
        let target = part * 20 + Int.random(in: 0..<15, using: &random)
        let pause = Int.random(in: 0..<20, using: &random)
        let outcome = try await Program.signal(
          .kill,
          arguments,
          workspace: workspace,
          afterMilliseconds: pause,
          when: {
            let bytes = (try? Data(contentsOf: metricsFile)) ?? Data()
            return bytes.count { $0 == 0x0A } >= target
          }
        )
        if outcome.code == -9 { kills += 1 }
      }
      let last = try await Program.run(arguments, workspace: workspace)

      #expect(last.code == 0, "\(last.errors)")
      #expect(kills > 0)
      #expect(try adapter("out") == adapter("whole"))
      #expect(try metrics("out") == metrics("whole"))
      #expect(
        try folder.lines("out/metrics.jsonl").compactMap { $0["step"]?.int } == Array(1...120)
      )
      let hidden = try FileManager.default.contentsOfDirectory(atPath: folder.file("out").path)
        .filter { $0.hasSuffix(".tmp") && $0.hasPrefix(".checkpoint") }
      #expect(hidden.isEmpty)
    }

    @Test func `two runs, and one and two threads, give the same bytes`() async throws {
      let workspace = folder.file("workspace")
      for (output, threads) in [("a", 2), ("b", 2), ("c", 1)] {
        let outcome = try await Program.run(
          try arguments(output: output, steps: 10, saveSteps: 5, threads: threads),
          workspace: workspace
        )
        #expect(outcome.code == 0, "\(outcome.errors)")
      }

      #expect(try adapter("a") == adapter("b"))
      #expect(try adapter("a") == adapter("c"))
      #expect(try metrics("a") == metrics("c"))
    }

    @Test(.enabled(if: TestModel.hasSmolLM2, "the model file is not on this machine"))
    func `one and two threads give the same bytes on the real model`() async throws {
      let yaml = """
        model: \(try #require(TestModel.smolLM2).path)
        learning_rate: 1.0e-3
        max_steps: 2
        per_device_train_batch_size: 2
        lora_r: 4

        """
      let rows: [JSONValue] = [
        ["prompt": "What is 2 + 2?", "response": "2 + 2 is 4.\nAnswer: 4"],
        ["prompt": "Name a colour.", "response": "Blue is a colour.\nAnswer: blue"],
      ]
      for threads in 1...2 {
        let outcome = try await Program.run(
          [
            "train", "--config", try folder.write(yaml, to: "real.yaml").path,
            "--data", try folder.write(lines: rows, to: "real.jsonl").path,
            "--output", folder.file("real-\(threads)").path, "--dtype", "f32",
            "--threads", "\(threads)",
          ],
          workspace: folder.file("workspace")
        )
        #expect(outcome.code == 0, "\(outcome.errors)")
      }

      #expect(try adapter("real-1") == adapter("real-2"))
      let summary = try folder.json("real-1/training_summary.json")
      let planned = try #require(summary["memory_plan"]?["total_bytes"]?.double)
      let peak = try #require(summary["peak_memory_bytes"]?.double)
      print("  SmolLM2, two short rows: planned \(planned / 1e6) MB, filled \(peak / 1e6) MB")
      #expect(abs(planned - peak) < 0.2 * peak)
    }
  }
}
