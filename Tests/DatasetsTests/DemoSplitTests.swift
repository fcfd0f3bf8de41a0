import Datasets
import Foundation
import Foundations
import Testing
import Traces

/// The split of the demo's dataset: all three generators, 120 test items.
struct DemoSplitTests {
  private let traces: [Identifier<Trace>: Trace]
  private let manifest: DatasetManifest

  init() throws {
    let moment = Date(timeIntervalSince1970: 1_700_000_000)
    let stored = TraceGenerator.allCases.flatMap { $0.traces() }.map { trace in
      StoredTrace(id: Identifier(derivedFrom: trace.contentHash), createdAt: moment, trace: trace)
    }
    traces = Dictionary(uniqueKeysWithValues: stored.map { ($0.id, $0.trace) })
    manifest = try DatasetBuilder.freeze(
      DatasetRecipe(
        name: "demo",
        version: "v1",
        limit: 1_000,
        split: SplitRecipe(testCount: 120, seed: 42)
      ),
      selected: stored.map(DatasetCandidate.init),
      createdAt: moment,
      buildID: .random()
    )
  }

  private func traces(in split: DatasetSplit) -> [Trace] {
    manifest.items(in: split).compactMap { traces[$0.traceID] }
  }

  @Test func `120 items are held out and at least 350 remain to learn from`() {
    #expect(manifest.items(in: .test).count == 120)
    #expect(manifest.items(in: .train).count >= 350)
    #expect(Set(manifest.items(in: .test).map(\.groupKey)).count == 120)
  }

  @Test func `every category is on both sides`() {
    let all = ["reasoning", "synthetic", "golden_style", "edge_case", "golden_v1", "golden_v2"]
    for split in DatasetSplit.allCases {
      #expect(Set(manifest.items(in: split).compactMap(\.category)) == Set(all))
    }
  }

  @Test func `no test problem is in train by numbers, answer and operation`() {
    let learned = Set(traces(in: .train).map(fingerprint))
    let held = traces(in: .test).map(fingerprint)

    #expect(held.filter { learned.contains($0) } == [])
  }

  @Test func `no test arithmetic is in train by numbers and answer alone`() {
    let learned = Set(traces(in: .train).compactMap(arithmetic))
    let held = traces(in: .test).compactMap(arithmetic)

    #expect(held.count >= 80)
    #expect(held.filter { learned.contains($0) } == [])
  }

  @Test func `no test prompt is a train prompt`() {
    let learned = Set(traces(in: .train).map { words($0.prompt).joined() })

    #expect(traces(in: .test).allSatisfy { !learned.contains(words($0.prompt).joined()) })
  }

  /// Sorted numbers of the prompt, the answer, and the words that tell what to do; nothing that
  /// the split itself looks at.
  private func fingerprint(_ trace: Trace) -> String {
    let sorted = numbers(in: trace.prompt).sorted().map(String.init)
    let told = words(trace.prompt).filter { operations.contains($0) }.sorted()
    let subject = sorted.isEmpty ? words(trace.prompt).filter { $0.count > 3 } : []
    let answer = trace.finalAnswer.lowercased()
    return (sorted + [answer] + told + subject).joined(separator: " ")
  }

  /// Sorted numbers and answer of a problem that has at least two numbers.
  private func arithmetic(_ trace: Trace) -> String? {
    let sorted = numbers(in: trace.prompt).sorted().map(String.init)
    guard sorted.count >= 2 else { return nil }
    let answer = numbers(in: trace.finalAnswer).map(String.init)
    return (sorted + ["="] + answer).joined(separator: " ")
  }

  private let operations: Set<String> = [
    "add", "plus", "sum", "more", "together", "subtract", "left", "remain", "away", "multiply",
    "x", "each", "rows", "hours", "cost", "costs", "percent", "repeat", "backwards", "reverse",
    "reversed", "alphabetical", "alphabetically", "capital", "upper", "count", "words",
  ]

  private func words(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }
}
