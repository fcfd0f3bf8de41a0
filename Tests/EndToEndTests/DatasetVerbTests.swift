import Foundation
import Foundations
import TestSupport
import Testing

extension EndToEnd {
  /// Datasets and evaluation sets on the command line.
  struct DatasetVerbTests {
    private let folder: ScratchFolder
    private let workspace: URL

    init() async throws {
      folder = try ScratchFolder()
      workspace = folder.file("workspace")
      _ = try await json(["trace", "import", "--generator", "golden-v2"])
      _ = try await json([
        "dataset", "build", "--name", "gold", "--version", "v1", "--test-count", "10",
        "--selection", "random", "--limit", "60", "--seed", "1",
      ])
    }

    private func json(_ arguments: [String]) async throws -> JSONValue {
      try await Program.run(arguments + ["--json"], workspace: workspace).json()
    }

    private func text(_ arguments: [String]) async throws -> String {
      let outcome = try await Program.run(arguments, workspace: workspace)
      try #require(outcome.code == 0, "\(outcome.errors)")
      return outcome.output
    }

    @Test func `versions grow, merge, differ and know their line`() async throws {
      let extended = try await json(["dataset", "extend", "gold-v1", "--version", "v2"])
      let diff = try await json(["dataset", "diff", "gold-v1", "gold-v2"])
      _ = try await json([
        "dataset", "merge", "gold-v1", "gold-v2", "--name", "all", "--version", "v1",
      ])
      let lineage = try await json(["dataset", "lineage", "all-v1"])
      let shown = try await json(["dataset", "show", "all-v1"])
      let trace = try #require(shown["trace_ids"]?[0]?.string)
      let holders = try await json(["dataset", "lineage", "--trace", String(trace.prefix(13))])
      let list = try await json(["dataset", "list", "--limit", "2"])

      #expect(extended["created"] == true && extended["parent_dataset_id"] == "gold-v1")
      #expect((diff["added"]?.int ?? 0) > 0 && diff["removed"] == 0)
      let ancestors = lineage["ancestors"]?.array?.compactMap { $0["dataset_key"]?.string }
      #expect(ancestors == ["gold-v1", "gold-v2"])
      let keys = holders["datasets"]?.array?.compactMap { $0["dataset_key"]?.string } ?? []
      #expect(keys.contains("gold-v1") && keys.contains("all-v1"))
      #expect(list["datasets"]?.array?.count == 2 && list["total"] == 3)
      #expect(list["next_cursor"]?.string != nil)
      #expect(try await text(["dataset", "diff", "gold-v1", "gold-v2"]).contains("added"))
      #expect(try await text(["dataset", "lineage", "all-v1"]).contains("ancestor"))
    }

    @Test func `what a build was told to refuse keeps it out`() async throws {
      let line: JSONValue = [
        "prompt": "A box measures 12 cm by 5 cm by 4 cm. What is its surface area in cm²?",
        "completion": "256",
      ]
      let file = try folder.write(lines: [line], to: "leak.jsonl")
      _ = try await json(["trace", "import", file.path])

      let refused = try await Program.run(
        ["dataset", "build", "--name", "leaky", "--version", "v1", "--refuse", "contamination"],
        workspace: workspace
      )
      let unknown = try await Program.run(
        ["dataset", "build", "--name", "x", "--version", "v1", "--refuse", "luck"],
        workspace: workspace
      )
      let built = try await json(["dataset", "build", "--name", "leaky", "--version", "v1"])
      let check = try await Program.run(["evalset", "check", "eval_v2"], workspace: workspace)

      #expect(refused.code == 1 && refused.lastError.contains("eval_v2/eval-v2-032"))
      #expect(unknown.code == 64 && unknown.errors.contains("known checks: duplicates"))
      let checks = built["checks"]?.array ?? []
      #expect(
        checks.compactMap { $0["check"]?.string }.sorted() == ["contamination", "duplicates"]
      )
      #expect(check.code == 1 && check.output.contains("leaky-v1"))
    }

    @Test(arguments: ["trace", "messages", "csv", "parquet"])
    func `a file has the bytes of standard output`(format: String) async throws {
      let file = folder.file("rows." + format)

      let told = try await json([
        "dataset", "export", "gold-v1", "--format", format, "--split", "train", "--out", file.path,
      ])
      let size = try Data(contentsOf: file).count
      #expect(told["bytes"]?.int == size)
      guard format != "parquet" else { return }
      let printed = try await text([
        "dataset", "export", "gold-v1", "--format", format, "--split", "train",
      ])
      #expect(try Data(contentsOf: file) == Data(printed.utf8))
    }

    @Test func `a style is refused where rows have none`() async throws {
      let outcome = try await Program.run(
        ["dataset", "export", "gold-v1", "--format", "trace", "--style", "think"],
        workspace: workspace
      )

      #expect(outcome.code == 64 && outcome.errors.contains("messages and prompt_completion"))
    }

    @Test func `a preview shows each token and what is learned`() async throws {
      let model = try TinyLlama.copy(in: folder).path
      let arguments = ["dataset", "preview", "gold-v1", "--model", model, "--index", "3"]

      let whole = try await json(arguments + ["--split", "train"])
      let cut = try await json(arguments + ["--max-length", "20"])
      let people = try await text(arguments)

      let tokens = try #require(whole["tokens"]?.array)
      #expect(tokens.compactMap { $0["token"]?.string }.joined() == whole["text"]?.string)
      #expect(whole["counts"]?["tokens"]?.int == tokens.count && whole["is_truncated"] == false)
      let learned = tokens.filter { $0["supervised"]?.bool == true }
      #expect(whole["counts"]?["supervised"]?.int == learned.count && !learned.isEmpty)
      #expect(whole["last_supervised"]?.array == Array(learned.suffix(5)))
      #expect(cut["is_truncated"] == true)
      #expect(cut["tokens"]?.array?.count { $0["kept"]?.bool == true } == 20)
      #expect(people.contains("⟦") && people.contains("last learned"))
      let beyond = try await Program.run(
        ["dataset", "preview", "gold-v1", "--model", model, "--index", "60000"],
        workspace: workspace
      )
      #expect(beyond.code == 1 && beyond.lastError.contains("gold-v1 has no row 60000"))
    }

    @Test func `evaluation sets are listed, checked, kept and given back`() async throws {
      let questions = try await text(["evalset", "export", "eval_v1"])
      let file = try folder.write(questions, to: "mine.jsonl")

      let few = try await Program.run(["evalset", "validate", file.path], workspace: workspace)
      let enough = try await Program.run(
        ["evalset", "validate", file.path, "--min-items", "25", "--quiet"],
        workspace: workspace
      )
      let kept = try await json(["evalset", "import", file.path])
      let again = try await json(["evalset", "import", file.path])
      let list = try await json(["evalset", "list"])
      let shown = try await json(["evalset", "show", "mine"])

      #expect(few.code == 1 && few.output.contains("25 items; at least 50 are asked for"))
      #expect(enough.code == 0 && enough.output.isEmpty)
      #expect(kept["created"] == true && again["created"] == false)
      let names = list["evaluation_sets"]?.array?.compactMap { $0["name"]?.string }
      #expect(names == ["eval_v1", "eval_v2", "mine"])
      #expect(shown["content_hash"] == list["evaluation_sets"]?[0]?["content_hash"])
      #expect(try await text(["evalset", "export", "mine"]) == questions)
      #expect(try await text(["evalset", "show", "eval_v2"]).contains("trace_sensitive 25"))
    }
  }
}
