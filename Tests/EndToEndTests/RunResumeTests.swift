import Foundation
import Foundations
import Subprocess
import TestSupport
import Testing

extension EndToEnd {
  /// A run of the workspace that is killed goes on to the bytes of one that never was.
  struct RunResumeTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    /// A workspace with 40 questions, 12 of them for the test.
    private func workspace(_ name: String) async throws -> URL {
      let workspace = folder.file(name)
      let traces = (0..<40).map { number -> JSONValue in
        [
          "trace_version": "1.0", "prompt": .string("\(number)?"), "final_answer": "4711",
          "steps": [["i": 0, "type": "recall", "content": "It is 4711."]],
          "meta": ["group_key": .string("recall:\(number)")],
        ]
      }
      let file = try folder.write(lines: traces, to: "traces.jsonl")
      for arguments in [
        ["trace", "import", file.path],
        ["dataset", "build", "--name", "sevens", "--version", "v1", "--test-count", "12"],
      ] {
        let outcome = try await Program.run(arguments, workspace: workspace)
        try #require(outcome.code == 0, "\(outcome.errors)")
      }
      return workspace
    }

    private func train(_ settings: String) throws -> [String] {
      let model =
        try FileManager.default.fileExists(atPath: folder.file("model").path)
        ? folder.file("model") : TinyLlama.copy(in: folder)
      let yaml = """
        model: \(model.path)
        learning_rate: 0.01
        max_steps: 200
        per_device_train_batch_size: 2
        save_steps: 17
        save_total_limit: 2
        \(settings)

        """
      return [
        "run", "train", "--dataset", "sevens-v1", "--config",
        try folder.write(yaml, to: "train.yaml").path, "--dtype", "f32", "--max-new-tokens", "12",
        "--json",
      ]
    }

    private func json(_ arguments: [String], _ workspace: URL) async throws -> JSONValue {
      try await Program.run(arguments + ["--json"], workspace: workspace).json()
    }

    /// The folder of the only run.
    private func place(in workspace: URL) -> URL? {
      let runs = workspace.appending(path: "runs")
      let names = (try? FileManager.default.contentsOfDirectory(atPath: runs.path)) ?? []
      return names.first.map { runs.appending(path: $0) }
    }

    /// Every file of a run's result, and its metrics without what the clock has put there.
    private func content(_ run: URL) throws -> [String: Data] {
      var files: [String: Data] = [:]
      for path in try FileManager.default.subpathsOfDirectory(atPath: run.path) {
        let place = run.appending(path: path)
        let isResult = ["adapter/", "model/", "checkpoint-"].contains { path.hasPrefix($0) }
        let isBytes = isResult && path.contains(".") && !path.hasSuffix("state.json")
        if isBytes || path == "predictions.jsonl" {
          files[path] = try Data(contentsOf: place)
        }
      }
      let rows = String(
        decoding: try Data(contentsOf: run.appending(path: "metrics.jsonl")),
        as: UTF8.self
      )
      let clock = ["timestamp", "tokens_per_second"]
      files["metrics"] = Data(
        try rows.split(separator: "\n").map { line in
          let members = try JSONValue(parsing: String(line)).object ?? []
          return JSONValue.object(members.filter { !clock.contains($0.key) }).compact
        }.joined(separator: "\n").utf8
      )
      return files
    }

    private func lines(_ run: URL?) -> Int {
      guard let place = run?.appending(path: "metrics.jsonl") else { return 0 }
      return ((try? Data(contentsOf: place)) ?? Data()).count { $0 == 0x0A }
    }

    @Test(arguments: ["lora_r: 4\nlora_dropout: 0.1", "finetuning_type: full"])
    func `killed again and again and resumed, a run has the files of a whole one`(
      settings: String
    ) async throws {
      let whole = try await workspace("whole")
      let killed = try await workspace("killed")
      let arguments = try train(settings)
      _ = try await Program.run(arguments, workspace: whole).json()
      var random = SystemRandomNumberGenerator()
      let first = Int.random(in: 18..<50, using: &random)

      let start = try await Program.signal(
        .kill,
        arguments,
        workspace: killed,
        when: { lines(place(in: killed)) >= first }
      )
      #expect(start.code == -9, "\(start.errors)")
      let run = try #require(place(in: killed))
      let id = run.lastPathComponent
      #expect(try await json(["run", "show", id], killed)["status"] == "running")
      let began = try await json(["run", "show", id], killed)["manifest"]?["created_at"]
      for target in [60, 121] {
        _ = try await Program.signal(
          .kill,
          ["run", "resume", id, "--threads", "\(target % 2 + 1)"],
          workspace: killed,
          when: { lines(run) >= target }
        )
      }
      let last = try await json(["run", "resume", id], killed)

      #expect(last["status"] == "completed" && last["run_id"]?.string == id)
      let other = try #require(place(in: whole))
      let (found, expected) = try (content(run), content(other))
      #expect(found.keys.sorted() == expected.keys.sorted() && found.count > 5)
      for (name, bytes) in expected { #expect(found[name] == bytes, "\(name)") }
      #expect(lines(run) == 200)
      let shown = try await json(["run", "show", id], killed)
      let reference = try await json(["run", "show", other.lastPathComponent], whole)
      #expect(shown["items"] == reference["items"] && shown["items"]?.array?.count == 12)
      #expect(shown["manifest"]?["created_at"] == began)
      let again = try await Program.run(["run", "resume", id], workspace: killed)
      #expect(again.code == 1 && again.lastError.contains("only a run that did not complete"))
    }

    @Test func `a run at work is not computed by a second process`() async throws {
      let workspace = try await workspace("busy")
      let arguments = try train("lora_r: 4").map { $0 }
      let file = folder.file("train.yaml")
      let yaml = try String(contentsOf: file, encoding: .utf8)
      try yaml.replacing("max_steps: 200", with: "max_steps: 100000")
        .write(to: file, atomically: true, encoding: .utf8)
      let refusal = Task {
        while lines(place(in: workspace)) < 3 { try await Task.sleep(for: .milliseconds(10)) }
        let id = try #require(place(in: workspace)).lastPathComponent
        return try await Program.run(["run", "resume", id], workspace: workspace)
      }

      let outcome = try await Program.interrupt(
        arguments,
        workspace: workspace,
        when: { lines(place(in: workspace)) > 200 }
      )

      let refused = try await refusal.value
      #expect(refused.code == 1 && refused.lastError.contains("at work in another process"))
      #expect(outcome.errors.contains("go on with: tunix-rt run resume"), "\(outcome.errors)")
    }
  }
}
