import Foundation
import Foundations
import TestSupport
import Testing

extension EndToEnd {
  /// The inspection verbs on the tiny model, and what they print.
  struct TinyModelVerbTests {
    private let checks: VerbChecks

    init() throws { checks = try VerbChecks(model: TinyLlama.url) }

    private func fixture() throws -> JSONValue { try Fixture.json("tiny/llama/fixture.json") }

    @Test func `texts become the reference's tokens and come back`() async throws {
      try await checks.tokens(
        try #require(try Fixture.json("tiny/llama/tokenizer_fixture.json")["entries"]?.array)
      )
    }

    @Test func `conversations are written as the reference writes them`() async throws {
      try await checks.chats(try #require(try fixture()["chats"]?.array))
    }

    @Test func `the best logits are the reference's`() async throws {
      try await checks.logits(
        try #require(try fixture()["sequences"]?.array).map { entry in
          (
            ["ids": entry["ids"] ?? .null], entry["last_top5_ids"]?.array ?? [],
            (entry["last_top5_logits"]?.array ?? []).compactMap(\.double),
            entry["logsumexp"]?.array?.last?.double ?? .nan
          )
        },
        tolerance: 5e-5
      )
    }

    @Test func `prompts get the reference's tokens`() async throws {
      try await checks.answers(
        try #require(try fixture()["sequences"]?.array).map {
          ($0["ids"] ?? .null, $0["greedy_16"]?.array ?? [])
        },
        end: 2
      )
    }

    @Test func `standard input is read, and a wrong line has its error in its place`() async throws
    {
      let outcome = try await Program.run(
        ["model", "tokenize", checks.model, "--file", "-"],
        workspace: checks.workspace,
        input: "{\"text\":\"a\"}\n\nnot json\n{\"ids\":[1]}\n{\"text\":\"b\"}\n"
      )

      let lines = try outcome.lines()
      #expect(lines.map { $0["ids"] != nil } == [true, false, false, true])
      #expect(lines[1]["error"]?.string?.contains("line 3") == true)
      #expect(lines[2]["error"]?.string?.contains("\"text\"") == true)
      #expect(outcome.code == 1)
      #expect(outcome.lastError.hasPrefix("error: 2 "))
    }

    @Test func `doctor names what it chose, and nothing is missing where tests run`() async throws {
      let json = try await Program.run(
        ["doctor", "--json", "--threads", "1"],
        workspace: checks.workspace
      ).json()

      for key in ["cpu", "matrix_library", "instruction_set", "dtype", "layout_rule", "workspace"] {
        #expect(json[key]?.string?.isEmpty == false, "\(key)")
      }
      #expect(json["threads"] == 1)
      #expect(json["disk_free"]?.int ?? 0 > 0)
      #expect(json["missing"]?.array != nil)
    }

    @Test func `model list needs no workspace and makes none`() async throws {
      let json = try await Program.run(["model", "list", "--json"], workspace: checks.workspace)
        .json()

      let entry = try #require(json["models"]?.array?.first)
      #expect(entry["size_bytes"] == 98_362_432)
      #expect(
        entry["sha256"] == "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
      )
      #expect(entry["is_pulled"] == false)
      #expect(!FileManager.default.fileExists(atPath: checks.workspace.path))
    }

    @Test func `a Hugging Face folder is pulled under a name and used by it`() async throws {
      let pull = ["model", "pull", "tiny", "--from", checks.model, "--licence", "MIT", "--json"]
      let pulled = try await Program.run(pull, workspace: checks.workspace).json()
      let again = try await Program.run(pull, workspace: checks.workspace).json()
      let shown = try await Program.run(
        ["model", "show", "tiny", "--json"],
        workspace: checks.workspace
      ).json()
      let list = try await Program.run(["model", "list", "--json"], workspace: checks.workspace)
        .json()
      let other = try await Program.run(
        pull + ["--sha256", String(repeating: "0", count: 64)],
        workspace: checks.folder.file("another")
      )

      #expect(pulled["already_present"] == false && again["already_present"] == true)
      #expect(pulled["sha256"]?.string?.count == 64 && shown["parameters"] == 94528)
      #expect(list["models"]?.array?.last?["name"] == "tiny")
      #expect(other.code == 1 && other.lastError.contains(pulled["sha256"]?.string ?? "-"))
    }

    @Test func `model show says what the file holds`() async throws {
      let json = try await Program.run(
        ["model", "show", checks.model, "--json"],
        workspace: checks.workspace
      ).json()

      #expect(json["family"] == "llama" && json["vocab_size"] == 512)
      #expect(json["parameters"] == 94528 && json["chat_template"] == "smollm2")
    }

    @Test func `a messages file is asked through the template`() async throws {
      let messages = try checks.folder.write(
        #"{"messages":[{"role":"user","content":"Hi"}]}"#,
        to: "messages.json"
      )
      let asked = try await Program.run(
        ["generate", "--model", checks.model, "--messages", messages.path]
          + ["--max-new-tokens", "3", "--json"],
        workspace: checks.workspace
      ).json()
      let rendered = try await Program.run(
        ["model", "render", checks.model, "--messages", messages.path]
          + ["--add-generation-prompt", "--json"],
        workspace: checks.workspace
      ).json()

      #expect(asked["ids"]?.array?.isEmpty == false)
      #expect(asked["prompt_tokens"]?.int == rendered["ids"]?.array?.count)
    }

    @Test func `a stream has one line a token and then the answer`() async throws {
      let lines = try await Program.run(
        ["generate", "--model", checks.model, "--prompt", "One two", "--stream", "--json"]
          + ["--max-new-tokens", "8", "--temperature", "1.2", "--top-k", "50", "--seed", "7"],
        workspace: checks.workspace
      ).lines()
      let again = try await Program.run(
        ["generate", "--model", checks.model, "--prompt", "One two", "--json"]
          + ["--max-new-tokens", "8", "--temperature", "1.2", "--top-k", "50", "--seed", "7"],
        workspace: checks.workspace
      ).json()

      let answer = try #require(lines.last)
      #expect(answer == again)
      #expect(lines.dropLast().map { $0["id"] ?? .null } == answer["ids"]?.array ?? [])
      let text = lines.dropLast().compactMap { $0["text"]?.string }.joined()
      #expect(text == answer["text"]?.string)
    }

    @Test func `streamed text is the text, side by side under the models' names`() async throws {
      let adapter = try TinyLlama.initialAdapter(in: checks.folder)
      let question =
        ["generate", "--model", checks.model, "--adapter", "mine=\(adapter.path)"]
        + ["--with-base", "--prompt", "One two", "--max-new-tokens", "5"]

      let whole = try await Program.run(question, workspace: checks.workspace)
      let streamed = try await Program.run(question + ["--stream"], workspace: checks.workspace)

      #expect(whole.output == streamed.output && whole.code == 0)
      #expect(whole.output.hasPrefix("== base ==\n"))
      #expect(whole.output.contains("\n== mine ==\n"))
    }

    @Test func `cutting off tokens needs a temperature`() async throws {
      let outcome = try await Program.run(
        ["generate", "--model", checks.model, "--top-p", "0.9", "Hi"],
        workspace: checks.workspace
      )
      #expect(outcome.code == 64)
      #expect(outcome.errors.contains("--temperature"))
    }
  }
}
