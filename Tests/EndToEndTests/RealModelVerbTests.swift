import Foundation
import Foundations
import TestSupport
import Testing

extension EndToEnd {
  /// The inspection verbs on SmolLM2-135M-Instruct against the field's reference numbers.
  @Suite(.enabled(if: TestModel.hasSmolLM2, "the model file is not on this machine"))
  struct RealModelVerbTests {
    private let checks: VerbChecks

    init() throws { checks = try VerbChecks(model: try #require(TestModel.smolLM2)) }

    private func entries(_ fixture: String) throws -> [JSONValue] {
      try #require(try Fixture.json(fixture)["entries"]?.array)
    }

    @Test func `252 texts become the reference's tokens and come back`() async throws {
      let entries = try entries("tokenizer_smollm2.json")
      #expect(entries.count == 252)
      try await checks.tokens(entries)
    }

    @Test func `20 conversations are written as the reference writes them`() async throws {
      let entries = try entries("chat_smollm2.json")
      #expect(entries.count == 20)
      try await checks.chats(entries)
    }

    @Test func `the best 20 logits are the reference's`() async throws {
      try await checks.logits(
        try entries("logits_smollm2.json").map { entry in
          (
            ["ids": entry["ids"] ?? .null], entry["top_ids"]?.array ?? [],
            (entry["top_logits"]?.array ?? []).compactMap(\.double),
            entry["logsumexp"]?.double ?? .nan
          )
        },
        tolerance: 2e-4
      )
    }

    @Test func `20 prompts get the reference's tokens up to the end of the turn`() async throws {
      try await checks.answers(
        try entries("greedy_smollm2.json").map {
          ($0["prompt_ids"] ?? .null, $0["ids"]?.array ?? [])
        },
        end: 2
      )
    }

    @Test func `pull takes the right file, refuses another and keeps nothing of it`() async throws {
      let folder = try ScratchFolder()
      let workspace = folder.file("workspace")
      let name = "smollm2-135m-instruct"
      let real = try #require(TestModel.smolLM2)
      var bytes = try Data(contentsOf: real)
      bytes[1_000_000] ^= 1
      try bytes.write(to: folder.file("wrong.gguf"))

      let refused = try await Program.run(
        ["model", "pull", name, "--from", folder.file("wrong.gguf").path],
        workspace: workspace
      )
      #expect(refused.code == 1)
      #expect(refused.errors.contains("sha256"), "\(refused.errors)")
      #expect(folder.names("workspace/models") == [])

      let arguments = ["model", "pull", name, "--from", real.path, "--json"]
      let taken = try await Program.run(arguments, workspace: workspace).json()
      let again = try await Program.run(arguments, workspace: workspace).json()
      let list = try await Program.run(["model", "list", "--json"], workspace: workspace).json()
      #expect(taken["already_present"] == false && again["already_present"] == true)
      #expect(list["models"]?.array?.first?["is_pulled"] == true)
    }

    @Test(.enabled(if: Program.canMount, "this machine lets no test mount a disk"))
    func `pull onto a full disk says so and leaves nothing`() async throws {
      let folder = try ScratchFolder()
      let disk = folder.file("disk")
      try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)

      let outcome = try await Program.run(
        [
          "model", "pull", "smollm2-135m-instruct", "--from",
          try #require(TestModel.smolLM2).path,
        ],
        workspace: disk.appending(path: "workspace"),
        diskKiB: 4096,
        at: disk.path
      )

      #expect(outcome.code == 1)
      #expect(outcome.errors.contains("disk is full"), "\(outcome.errors)")
      #expect(!outcome.output.contains("/models/"), "\(outcome.output)")
    }
  }
}
