import Foundation
import Foundations
import TestSupport
import Testing

extension EndToEnd {
  /// Everything that a person does with stored traces.
  struct TraceVerbTests {
    private let folder: ScratchFolder
    private let workspace: URL

    init() throws {
      folder = try ScratchFolder()
      workspace = folder.file("workspace")
    }

    private func run(_ arguments: [String], input: String = "") async throws -> Outcome {
      try await Program.run(["trace"] + arguments, workspace: workspace, input: input)
    }

    private func record(_ number: Int) -> JSONValue {
      [
        "trace_version": "1.0", "prompt": .string("What is \(number) plus one?"),
        "final_answer": .string("\(number + 1)"),
        "steps": [["i": 0, "type": "sum", "content": .string("\(number) and one")]],
        "meta": ["source": "hand", "parity": .string(number.isMultiple(of: 2) ? "even" : "odd")],
        "license": "cc0",
      ]
    }

    /// Stores some traces and returns their ids.
    private func create(_ count: Int) async throws -> [String] {
      let batch = JSONValue.array((0..<count).map(record))
      let created = try await run(["create", "--json"], input: batch.compact).json()
      #expect(created["created_count"]?.int == count)
      return (created["traces"]?.array ?? []).compactMap { $0["id"]?.string }
    }

    @Test func `traces are created, listed, searched and shown`() async throws {
      let ids = try await create(7)
      let again = try await run(["create", "-", "--json"], input: record(3).compact).json()
      let page = try await run(["list", "--limit", "3", "--json"]).json()
      let cursor = try #require(page["pagination"]?["next_cursor"]?.string)
      let next = try await run(["list", "--limit", "3", "--cursor=\(cursor)", "--json"]).json()
      let odd = try await run([
        "search", "plus", "--filter", "parity=odd", "--filter", "license=cc0", "--json",
      ]).json()
      let phrase = try await run(["search", "5 plus one", "--json"]).json()
      let shown = try await run(["show", ids[2], "--json"]).json()

      func listed(_ page: JSONValue) -> [String] {
        (page["data"]?.array ?? []).compactMap { $0["id"]?.string }
      }
      #expect(again["id"]?.string == ids[3])
      #expect(listed(page) == [ids[6], ids[5], ids[4]] && page["total"] == 7)
      #expect(listed(next) == [ids[3], ids[2], ids[1]])
      #expect(listed(odd) == [ids[5], ids[3], ids[1]])
      #expect(listed(phrase) == [ids[5]])
      #expect(shown["payload"] == record(2) && shown["tags"] == [])
    }

    @Test func `traces are judged, tagged, archived and deleted`() async throws {
      let ids = try await create(2)

      let score = try await run(["score", ids[0], "--json"]).json()
      let label = try await run(["label", ids[0], "0=wrong", "--note", "no", "--json"]).json()
      let tag = try await run(["tag", ids[0], "good", "--json"]).json()
      let tags = try await run(["tag", "--json"]).json()
      let compared = try await run(["compare", ids[0], ids[1], "--json"]).json()
      #expect(try await run(["archive", ids[0]]).code == 0)
      let left = try await run(["list", "--json"]).json()
      let archived = try await run(["list", "--archived", "only", "--json"]).json()
      #expect(try await run(["archive", ids[0], "--undo"]).code == 0)
      #expect(try await run(["delete", ids[1]]).code == 0)
      let rest = try await run(["list", "--json"]).json()
      let gone = try await run(["show", ids[1]])

      #expect(score["trace_id"]?.string == ids[0] && score["details"]?["step_count"] == 1)
      #expect(label["labels"]?[0]?["label"] == "wrong" && label["labels"]?[0]?["note"] == "no")
      #expect(tag["tags"] == ["good"] && tags["tags"]?[0]?["count"] == 1)
      #expect(
        compared["base"]?["id"]?.string == ids[0] && compared["base"]?["score"] == score["score"]
      )
      #expect(left["total"] == 1 && archived["total"] == 1 && rest["total"] == 1)
      #expect(gone.code == 1 && gone.lastError.contains(ids[1]))
    }

    @Test func `a trace that a dataset holds is not deleted, and the dataset is named`()
      async throws
    {
      let ids = try await create(4)
      let built = try await Program.run(
        ["dataset", "build", "--name", "held", "--version", "v1"],
        workspace: workspace
      )
      #expect(built.code == 0, "\(built.errors)")

      let refused = try await run(["delete", ids[0]])

      #expect(refused.code == 1 && refused.lastError.contains("dataset held-v1"))
    }

    @Test func `one bad record of a batch keeps all out and is named by its place`() async throws {
      let batch = JSONValue.array([record(0), ["trace_version": "1.0"]])

      let refused = try await run(["create"], input: batch.compact)

      #expect(refused.code == 1 && refused.lastError.contains("/1/prompt"), "\(refused.errors)")
      #expect(try await run(["count", "--json"]).json()["total"] == 0)
    }

    @Test func `duplicates and contamination are found`() async throws {
      let words = (0..<30).map { "word\($0)" }.joined(separator: " ")
      let lines = [words, words + " more", "something else"].map {
        #"{"prompt":"\#($0)","completion":"1"}"# + "\n"
      }
      let file = try folder.write(lines.joined(), to: "a.jsonl").path
      let items = try folder.write(#"{"id":"e1","prompt":"\#(words)"}"# + "\n", to: "e.jsonl").path
      #expect(try await run(["import", file]).code == 0)

      let pairs = try await run(["duplicates", "--json"]).json()
      let contaminated = try await run(["contamination", items, "--json"]).json()

      #expect(pairs["finding_count"] == 1 && pairs["method"]?["name"] == "minhash")
      #expect(contaminated["finding_count"] == 2)
      #expect(contaminated["findings"]?[0]?["other"] == "e1")
    }

    @Test func `generators are named, and one that is not there says so`() async throws {
      let made = try await run(["generate", "golden-v2", "--json"]).json()
      let again = try await run(["generate", "golden-v2", "--json"]).json()
      let absent = try await run(["generate", "ungar"])
      let status = try await run(["generate", "ungar", "--status", "--json"]).json()

      #expect((made["created_count"]?.int ?? 0) > 50)
      #expect(again["created_count"] == 0)
      #expect(status["available"] == false && status["reason"]?.string?.isEmpty == false)
      #expect(absent.code == 1 && absent.lastError.contains("TUNIX_RT_UNGAR_PYTHON"))
    }
  }
}
