import Datasets
import Foundation
import Foundations
import Traces

/// Small values that the tests of this room store.
enum Sample {
  static let time = Date(timeIntervalSince1970: 1_700_000_000.125)

  static func trace(_ number: Int, category: String = "addition") -> StoredTrace {
    let trace = Trace(
      prompt: "What is \(number) + 1?",
      finalAnswer: "\(number + 1)",
      steps: [TraceStep(i: 0, type: "calculation", content: "\(number) + 1 = \(number + 1)")],
      meta: ["category": .string(category), "group_key": .string("add:1,\(number)")]
    )
    return StoredTrace(
      id: Identifier(derivedFrom: trace.contentHash),
      createdAt: time,
      trace: trace
    )
  }

  static func traces(_ count: Int) -> [StoredTrace] {
    (0..<count).map { trace($0, category: $0.isMultiple(of: 2) ? "even" : "odd") }
  }

  static func dataset(of traces: [StoredTrace], version: String = "v1") throws -> DatasetManifest {
    try DatasetBuilder.freeze(
      DatasetRecipe(
        name: "sample",
        version: version,
        split: SplitRecipe(testCount: 4, seed: 42)
      ),
      selected: traces.map(DatasetCandidate.init),
      createdAt: time,
      buildID: .random()
    )
  }
}
