import Foundation
import Foundations
import TestSupport
import Testing

extension EndToEnd {
  /// What goes wrong says so on standard error, with an exit code, and leaves nothing half-written.
  struct FailureTests {
    private let folder: ScratchFolder
    private let workspace: URL

    init() throws {
      folder = try ScratchFolder()
      workspace = folder.file("workspace")
    }

    private func run(_ arguments: [String]) async throws -> Outcome {
      try await Program.run(arguments, workspace: workspace)
    }

    /// Fails with code 1 and one `error:` line that holds all the words.
    private func expectFailure(_ arguments: [String], _ words: String...) async throws {
      let outcome = try await run(arguments)
      #expect(outcome.code == 1)
      #expect(outcome.output.isEmpty, "\(outcome.output)")
      let error = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("error: ") }
      #expect(error.count == 1, "\(outcome.errors)")
      for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    }

    @Test func `success, wrong usage and help have their exit codes`() async throws {
      #expect(try await run(["--version"]).code == 0)
      #expect(try await run(["train", "--help"]).code == 0)
      for arguments in [["absent"], ["generate"], ["compare", "one"], ["doctor", "--loud"]] {
        let outcome = try await run(arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
      }
    }

    @Test func `a cut model file is named with the byte and what was expected`() async throws {
      let whole = try Data(contentsOf: Fixture.url("tiny_gguf/tiny-llama-Q4_1.gguf"))
      let cut = folder.file("cut.gguf")
      try whole.prefix(whole.count - 100).write(to: cut)

      try await expectFailure(
        ["model", "show", cut.path],
        "damaged at byte",
        "expected",
        "cut.gguf"
      )
    }

    @Test func `a file that is no model, and no file at all, are named`() async throws {
      let note = try folder.write("hello", to: "note.gguf")

      try await expectFailure(["model", "show", note.path], "note.gguf")
      try await expectFailure(["model", "show", folder.file("none.gguf").path], "none.gguf")
      try await expectFailure(["generate", "--model", "gpt-17", "Hi"], "gpt-17", "catalogue")
      try await expectFailure(["generate", "--model", "smollm2-135m-instruct", "Hi"], "model pull")
    }

    @Test func `an unsupported architecture is named beside the supported ones`() async throws {
      let model = try TinyLlama.copy(
        in: folder,
        settings: ["model_type": "mamba", "architectures": ["MambaForCausalLM"]]
      )

      try await expectFailure(["generate", "--model", model.path, "Hi"], "mamba", "llama")
    }

    @Test func `a prompt beyond the context gives the counts`() async throws {
      let prompt = String(repeating: "1 ", count: 200)

      try await expectFailure(
        ["generate", "--model", TinyLlama.url.path, "--prompt", prompt],
        " tokens",
        "128"
      )
      try await expectFailure(
        ["model", "logits", TinyLlama.url.path, "--prompt", prompt],
        " tokens",
        "128"
      )
    }

    @Test func `an empty dataset is refused`() async throws {
      #expect(try await run(["workspace", "init"]).code == 0)

      try await expectFailure(["dataset", "build", "--name", "none", "--version", "v1"], "traces")
      try await expectFailure(["dataset", "show", "none-v1"], "none-v1")
    }

    @Test func `an invalid trace keeps its file out and names the line`() async throws {
      let line = #"{"prompt":"a","final_answer":"b","steps":[]}"#
      let file = try folder.write(line + "\n", to: "bad.jsonl")

      let outcome = try await run(["trace", "import", file.path])

      #expect(outcome.code == 1)
      #expect(outcome.output.contains("bad.jsonl, line 1: "), "\(outcome.output)")
      #expect(outcome.lastError.hasPrefix("error: 1 invalid line"), "\(outcome.errors)")
    }

    @Test func `a workspace that is not there is named`() async throws {
      try await expectFailure(["trace", "list"], workspace.path, "workspace init")
    }

    @Test func `training refuses what it cannot learn from and makes no folder`() async throws {
      let configuration = try folder.write(
        TinyLlama.configuration(model: TinyLlama.url, adapter: nil),
        to: "train.yaml"
      ).path
      func arguments(_ rows: String) throws -> [String] {
        [
          "train", "--config", configuration, "--data",
          try folder.write(rows, to: "rows.jsonl").path, "--output", folder.file("out").path,
        ]
      }

      try await expectFailure(try arguments(""), "no rows")
      try await expectFailure(
        try arguments(#"{"input_ids":[1,2],"labels":[-100,-100]}"#),
        "row 1",
        "supervised"
      )
      let wrong = try folder.write("model: x\nlerning_rate: 1\n", to: "wrong.yaml").path
      try await expectFailure(
        ["train", "--config", wrong, "--data", "x", "--output", folder.file("out").path],
        "line 2",
        "lerning_rate"
      )
      #expect(!FileManager.default.fileExists(atPath: folder.file("out").path))
    }

    @Test func `an output folder that cannot be made is named in plain words`() async throws {
      let note = try folder.write("hello", to: "note")
      let configuration = try folder.write(
        TinyLlama.configuration(model: TinyLlama.url, adapter: nil, steps: 1),
        to: "train.yaml"
      )
      let rows = try folder.write(lines: try TinyLlama.rows(), to: "rows.jsonl")

      let outcome = try await run([
        "train", "--config", configuration.path, "--data", rows.path, "--output", note.path,
      ])

      #expect(outcome.code == 1)
      #expect(outcome.lastError.hasPrefix("error: \(note.path)"), "\(outcome.errors)")
      #expect(!outcome.errors.contains("Domain="), "\(outcome.errors)")
    }

    @Test func `a run that fails is stored with its reason`() async throws {
      let traces = (0..<4).map { number -> JSONValue in
        [
          "trace_version": "1.0", "prompt": .string("\(number)?"), "final_answer": "7",
          "steps": [["i": 0, "type": "recall", "content": "It is 7."]],
        ]
      }
      _ = try await run(["trace", "import", try folder.write(lines: traces, to: "t.jsonl").path])
      _ = try await run(["dataset", "build", "--name", "d", "--version", "v1", "--test-count", "2"])

      try await expectFailure(
        ["run", "base", "--dataset", "d-v1", "--model", TinyLlama.url.path],
        "128"
      )

      let listed = try await run(["run", "list", "--json"]).json()
      #expect(listed["runs"]?.array?.first?["status"] == "failed")
      #expect(listed["runs"]?.array?.first?["message"]?.string?.contains("128") == true)
    }

    @Test(.enabled(if: Program.canMount, "this machine lets no test mount a disk"))
    func `a full disk is named and no part of an adapter stays`() async throws {
      let disk = folder.file("disk")
      try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
      let outcome = try await Program.run(
        [
          "train", "--config",
          try folder.write(
            TinyLlama.configuration(model: TinyLlama.url, adapter: nil, steps: 1),
            to: "train.yaml"
          ).path,
          "--data", try folder.write(lines: try TinyLlama.rows(), to: "rows.jsonl").path,
          "--output", disk.appending(path: "out").path,
        ],
        workspace: workspace,
        diskKiB: 24,
        at: disk.path
      )

      #expect(outcome.code == 1)
      #expect(outcome.lastError.hasPrefix("error: the disk is full"), "\(outcome.errors)")
      #expect(!outcome.output.contains("/adapter/"), "\(outcome.output)")
    }
  }
}
