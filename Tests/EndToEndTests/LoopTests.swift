import Foundation
import Foundations
import TestSupport
import Testing

extension EndToEnd {
  /// The loop from traces to a refused or allowed promotion, with the tiny model.
  struct LoopTests {
    private let folder: ScratchFolder
    private let workspace: URL

    init() throws {
      folder = try ScratchFolder()
      workspace = folder.file("workspace")
    }

    private func json(_ arguments: [String]) async throws -> JSONValue {
      try await Program.run(arguments + ["--json"], workspace: workspace).json()
    }

    private func text(_ arguments: [String]) async throws -> String {
      let outcome = try await Program.run(arguments, workspace: workspace)
      try #require(outcome.code == 0, "\(outcome.errors)")
      return outcome.output
    }

    /// 40 questions with one answer, frozen with 12 test items.
    private func freeze() async throws {
      let traces = (0..<40).map { number -> JSONValue in
        [
          "trace_version": "1.0", "prompt": .string("\(number)?"), "final_answer": "4711",
          "steps": [["i": 0, "type": "recall", "content": "It is 4711."]],
          "meta": ["category": "recall", "group_key": .string("recall:\(number)")],
        ]
      }
      let file = try folder.write(lines: traces, to: "traces.jsonl")
      let imported = try await json(["trace", "import", file.path])
      #expect(imported["created"] == 40)
      let built = try await json([
        "dataset", "build", "--name", "sevens", "--version", "v1", "--test-count", "12",
      ])
      #expect(built["created"] == true && built["trace_count"] == 40)
    }

    private func configuration(steps: Int) throws -> String {
      try folder.write(
        """
        model: \(try TinyLlama.copy(in: folder).path)
        learning_rate: 0.02
        max_steps: \(steps)
        """,
        to: "train.yaml"
      ).path
    }

    @Test func `traces become a dataset that is intact and disjoint`() async throws {
      try await freeze()

      let shown = try await json(["dataset", "show", "sevens-v1"])
      let verified = try await json(["dataset", "verify", "sevens-v1"])

      let items = try #require(shown["items"]?.array)
      let test = Set(items.filter { $0["split"] == "test" }.compactMap { $0["group_key"]?.string })
      let train = Set(
        items.filter { $0["split"] == "train" }.compactMap { $0["group_key"]?.string }
      )
      #expect(test.count == 12 && train.count == 28 && test.isDisjoint(with: train))
      #expect(verified["is_intact"] == true && verified["trace_count"] == 40)
      #expect(try await text(["dataset", "show", "sevens-v1"]).contains("none in both"))
    }

    @Test func `the generators import what the demo needs`() async throws {
      let first = try await json(["trace", "import", "--generator", "dev-reasoning-v2"])
      let again = try await json(["trace", "import", "--generator", "dev-reasoning-v2"])
      let counts = try await json(["trace", "count"])

      #expect(first["created"] == 550)
      #expect(again["created"] == 0 && again["existing"] == 550)
      #expect(counts["total"] == 550)
    }

    @Test func `base and trained are compared, and the better one is promoted and asked`()
      async throws
    {
      try await freeze()
      let configuration = try configuration(steps: 150)
      let model = folder.file("model").path
      let limits = ["--max-new-tokens", "40", "--dtype", "f32"]

      let base = try await json(
        ["run", "base", "--dataset", "sevens-v1", "--model", model] + limits
      )
      let baseID = try #require(base["run_id"]?.string)
      let trained = try await json(
        ["run", "train", "--dataset", "sevens-v1", "--config", configuration, "--base", baseID]
          + limits
      )
      let trainedID = try #require(trained["run_id"]?.string)
      #expect(base["status"] == "completed" && trained["status"] == "completed")
      #expect(base["scores"]?["lenient"]?["correct"] == 0)
      #expect(trained["scores"]?["lenient"]?["correct"] == 12)

      let shown = try await json(["run", "show", trainedID])
      #expect(shown["items"]?.array?.count == 12)
      #expect(shown["manifest"]?["model_sha256"]?.string?.count == 64)
      let comparison = try await json(["compare", baseID, trainedID])
      let report = try #require(comparison["report"]?.string)
      #expect(try String(contentsOfFile: report, encoding: .utf8).contains("McNemar"))
      let table = try await text(["compare", baseID, trainedID])
      #expect(table.contains("lenient") && table.contains("+100.0 points"))

      let promoted = try await json(["registry", "promote", trainedID, "--name", "sevens"])
      #expect(promoted["reference"] == "sevens@v1")
      let told = try await text(["registry", "promote", trainedID, "--name", "sevens"])
      #expect(told.contains("Ask it: tunix-rt generate --model sevens@champion \"What is"))
      let version = try await json(["registry", "show", "sevens@champion"])
      #expect(version["provenance"]?["dataset_key"] == "sevens-v1")
      let verified = try await json(["registry", "verify", "sevens@champion"])
      #expect(verified["is_intact"] == true)
      let answer = try await text(["generate", "--model", "sevens@champion", "99?"] + limits)
      #expect(answer.hasSuffix("Answer: 4711\n"), "\(answer)")
    }

    @Test
    func `a model whose weights were all trained is promoted and asked under a named template`()
      async throws
    {
      try await freeze()
      let yaml = try String(contentsOfFile: try configuration(steps: 60), encoding: .utf8)
        .replacing("learning_rate: 0.02", with: "learning_rate: 0.002")
      let configuration = try folder.write(
        yaml + "\nfinetuning_type: full\nchat_template: gemma\n",
        to: "full.yaml"
      ).path
      let limits = ["--max-new-tokens", "40", "--dtype", "f32"]
      let model = folder.file("model").path

      let own = try await json(
        ["run", "base", "--dataset", "sevens-v1", "--model", model] + limits
      )
      let base = try await json(
        ["run", "base", "--dataset", "sevens-v1", "--model", model, "--chat-template", "gemma"]
          + limits
      )
      let trained = try await json(
        ["run", "train", "--dataset", "sevens-v1", "--config", configuration] + limits
      )
      let ids = try [own, base, trained].map { try #require($0["run_id"]?.string) }

      let shown = try await json(["run", "show", ids[2]])
      #expect(shown["kind"] == "full_sft")
      #expect(shown["manifest"]?["training_config"]?["chat_template"] == "gemma")
      let files = URL(filePath: try #require(shown["folder"]?.string))
      #expect(FileManager.default.fileExists(atPath: files.path + "/model/model.safetensors"))
      #expect(trained["scores"]?["lenient"]?["correct"] == 12)
      let refused = try await Program.run(["compare", ids[0], ids[2]], workspace: workspace)
      #expect(refused.lastError.contains("the chat template differs"), "\(refused.errors)")
      _ = try await json(["compare", ids[1], ids[2]])
      let promoted = try await json(["registry", "promote", ids[2], "--name", "whole"])
      #expect(promoted["reference"] == "whole@v1")
      #expect(try await json(["registry", "verify", "whole@champion"])["is_intact"] == true)
      let rendered = try await json([
        "model", "render", "whole@champion", "--messages",
        try folder.write(
          #"[{"role": "user", "content": "1?"}]"#,
          to: "messages.json"
        ).path,
      ])
      #expect(rendered["text"]?.string?.contains("<start_of_turn>") == true)
      let answer = try await text(["generate", "--model", "whole@champion", "99?"] + limits)
      // The tiny model has no token that ends a Gemma turn, so it may go on after its answer.
      #expect(answer.contains("Answer: 4711"), "\(answer)")
    }

    @Test func `what is not shown to be better is not promoted`() async throws {
      try await freeze()
      let configuration = try configuration(steps: 1)
      let run = try await json(
        ["run", "train", "--dataset", "sevens-v1", "--config", configuration]
          + ["--max-new-tokens", "4"]
      )

      let refused = try await Program.run(
        ["registry", "promote", try #require(run["run_id"]?.string), "--name", "sevens"],
        workspace: workspace
      )

      #expect(refused.code == 1)
      #expect(refused.lastError.hasPrefix("error: not promoted: "))
    }
  }
}
