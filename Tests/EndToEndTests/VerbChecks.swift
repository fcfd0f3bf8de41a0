import Foundation
import Foundations
import TestSupport
import Testing

/// Every verb that takes `--file`, checked against the reference's numbers for a model.
struct VerbChecks {
  let model: String
  let folder: ScratchFolder
  let workspace: URL

  init(model: URL) throws {
    self.model = model.path
    folder = try ScratchFolder()
    workspace = folder.file("workspace")
  }

  private func lines(
    _ verb: [String],
    _ inputs: [JSONValue],
    _ flags: [String] = []
  ) async throws -> [JSONValue] {
    let file = try folder.write(lines: inputs, to: "inputs.jsonl")
    let outcome = try await Program.run(
      verb + ["--file", file.path] + flags,
      workspace: workspace
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = try outcome.lines()
    try #require(lines.count == inputs.count)
    return lines
  }

  /// `tokenize` with and without control marks, and `detokenize` back.
  func tokens(_ entries: [JSONValue]) async throws {
    let texts = entries.map { entry -> JSONValue in ["text": entry["text"] ?? .null] }
    let ids = entries.map { entry -> JSONValue in ["ids": entry["ids"] ?? .null] }

    let parsed = try await lines(["model", "tokenize", model], texts)
    let plain = try await lines(["model", "tokenize", model], texts, ["--no-special"])
    let back = try await lines(["model", "detokenize", model], ids)

    for (place, entry) in entries.enumerated() {
      #expect(parsed[place]["ids"] == entry["ids"], "\(texts[place])")
      #expect(plain[place]["ids"] == entry["ids_parse_special_false"], "\(texts[place])")
      #expect(back[place]["text"] == entry["decoded"], "\(ids[place])")
    }
  }

  /// `render`; a fixture without a mask ends where the model is to answer.
  func chats(_ entries: [JSONValue]) async throws {
    let rendered = try await lines(["model", "render", model], entries)

    for (found, entry) in zip(rendered, entries) {
      #expect(found["text"] == entry["text"])
      #expect(found["ids"] == entry["ids"])
      if let mask = entry["supervised"] { #expect(found["supervised"] == mask) }
    }
  }

  /// `logits` in f32: the best ids, their values and the normaliser.
  func logits(
    _ entries: [(input: JSONValue, ids: [JSONValue], logits: [Double], logSum: Double)],
    tolerance: Double
  ) async throws {
    let count = entries.first?.ids.count ?? 0
    let found = try await lines(
      ["model", "logits", model],
      entries.map(\.input),
      ["--top", "\(count)", "--dtype", "f32"]
    )

    for (found, entry) in zip(found, entries) {
      let top = found["top"]?.array ?? []
      try #require(top.count == count)
      #expect(top.first?["id"] == entry.ids.first)
      // Two neighbours closer than the tolerance may change places; the values stay comparable.
      for (found, wanted) in zip(top, entry.logits) {
        #expect(abs((found["logit"]?.double ?? .nan) - wanted) < tolerance)
      }
      #expect(Set(top.compactMap { $0["id"]?.int }) == Set(entry.ids.compactMap(\.int)))
      #expect(abs((found["logsumexp"]?.double ?? .nan) - entry.logSum) < tolerance)
    }
  }

  /// `generate` in f32: the reference's tokens up to the end of the turn.
  func answers(_ entries: [(ids: JSONValue, answer: [JSONValue])], end: JSONValue) async throws {
    let count = entries.first?.answer.count ?? 0
    let found = try await lines(
      ["generate", "--model", model],
      entries.map { ["ids": $0.ids] },
      ["--max-new-tokens", "\(count)", "--dtype", "f32", "--batch-size", "20"]
    )

    for (found, entry) in zip(found, entries) {
      let stop = entry.answer.firstIndex(of: end)
      let expected = Array(entry.answer.prefix(stop.map { $0 + 1 } ?? count))
      #expect(found["ids"]?.array == expected)
      #expect(found["finish_reason"] == (stop == nil ? "length" : "stop"))
      #expect(found["log_probabilities"]?.array?.count == expected.count)
      #expect(found["text"]?.string != nil)
    }
  }
}
