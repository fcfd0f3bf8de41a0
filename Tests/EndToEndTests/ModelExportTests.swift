import Foundation
import Foundations
import TestSupport
import Testing

extension EndToEnd {
  /// `model export`: what was written is asked like what it was made from.
  struct ModelExportTests {
    private let checks: VerbChecks

    init() throws { checks = try VerbChecks(model: TinyLlama.url) }

    @Test(arguments: [("gguf", "merged.gguf"), ("huggingface", "merged")])
    func `a model with a merged adapter answers like the model with the adapter`(
      format: String,
      place: String
    ) async throws {
      let adapter = Fixture.url("peft_adapter/plain").path
      let place = checks.folder.file(place).path

      let written = try await Program.run(
        ["model", "export", checks.model, "--to", place, "--format", format, "--type", "f32"]
          + ["--adapter", adapter, "--json"],
        workspace: checks.workspace
      ).json()
      let merged = try await answers(of: place)
      let applied = try await answers(of: checks.model, "--adapter", adapter)

      #expect(written["path"]?.string == place && written["type"] == "f32")
      #expect(written["sha256"]?.string?.count == 64)
      #expect(merged.count == 3 && merged.allSatisfy { $0["ids"]?.array?.isEmpty == false })
      #expect(merged.map { $0["ids"] } == applied.map { $0["ids"] })
      #expect(try await answers(of: checks.model).map { $0["ids"] } != merged.map { $0["ids"] })
    }

    @Test func `nothing is overwritten, and a wrong type is named`() async throws {
      let place = try checks.folder.write("mine", to: "model.gguf")

      let taken = try await Program.run(
        ["model", "export", checks.model, "--to", place.path],
        workspace: checks.workspace
      )
      let wrong = try await Program.run(
        ["model", "export", checks.model, "--to", "x.gguf", "--type", "q4_0"],
        workspace: checks.workspace
      )

      #expect(taken.code == 1 && taken.lastError.contains("exists already"))
      #expect(try String(contentsOf: place, encoding: .utf8) == "mine")
      #expect(wrong.code == 64 && wrong.errors.contains("f32, f16, q8_0"))
    }

    private func answers(of model: String, _ options: String...) async throws -> [JSONValue] {
      let lines = ["Hello", "What is 2 + 2?", "a b c"]
        .map { "{\"text\":\"\($0)\"}\n" }.joined()
      return try await Program.run(
        ["generate", "--model", model, "--file", "-", "--max-new-tokens", "12"] + options,
        workspace: checks.workspace,
        input: lines
      ).lines()
    }
  }
}
