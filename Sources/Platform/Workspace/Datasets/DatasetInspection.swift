public import Datasets
import Foundations
import Persistence
import Traces

extension DatasetLibrary {
  /// Runs every check over a dataset's traces, in one pass: near duplicates, and contamination of the
  /// train side with every evaluation set.
  func inspect(_ dataset: DatasetManifest) throws -> [DatasetCheck] {
    let stored = try database.evaluationSets(limit: Limits.largestPageRows)
    let names = Set(stored.map(\.name))
    var duplicates = DuplicateInspection()
    var contamination = ContaminationInspection(
      stored + EvaluationSet.builtIn.filter { !names.contains($0.name) }
    )
    var rest = dataset.items[...]
    while !rest.isEmpty {
      let page = rest.prefix(Limits.datasetPageTraces)
      let traces = try database.traces(named: page.map(\.traceID))
      guard traces.count == page.count else {
        let found = Set(traces.map(\.id))
        let missing = page.first { !found.contains($0.traceID) }?.traceID.text
        throw DatasetError.traceMissing(id: missing ?? "")
      }
      for (item, trace) in zip(page, traces) {
        duplicates.add(trace)
        if item.split == .train { contamination.add(trace) }
      }
      rest = rest.dropFirst(page.count)
    }
    return [contamination.check, duplicates.check]
  }

  /// What the train side of a frozen dataset shares with the questions of evaluation sets.
  public func contamination(of key: String, with sets: [EvaluationSet]) throws -> DatasetCheck {
    var pages = try rows(of: key, in: .train)
    var inspection = ContaminationInspection(sets)
    while let page = try pages.next() {
      for row in page { inspection.add(try row.frozenTrace()) }
    }
    return inspection.check
  }
}

/// Traces of one dataset that say nearly the same.
private struct DuplicateInspection {
  private var search = NearDuplicates()
  private var names: [String] = []

  mutating func add(_ stored: StoredTrace) {
    search.add(TextSketch(of: stored.trace))
    names.append(stored.id.text)
  }

  var check: DatasetCheck {
    DatasetCheck(
      kind: .duplicates,
      method: NearDuplicates.method(threshold: NearDuplicates.usualThreshold),
      findings: search.pairs.map {
        DatasetCheck.Finding(
          traceID: names[$0.second],
          other: names[$0.first],
          similarity: $0.similarity
        )
      }
    )
  }
}

/// Traces whose prompts share runs of words with questions of evaluation sets.
private struct ContaminationInspection {
  private let sets: [EvaluationSet]
  private let search: Contamination
  private var findings: [DatasetCheck.Finding] = []

  init(_ sets: [EvaluationSet]) {
    self.sets = sets
    search = Contamination(
      items: sets.flatMap { set in
        set.items.map { (name: "\(set.name)/\($0.id)", prompt: $0.prompt) }
      }
    )
  }

  mutating func add(_ stored: StoredTrace) {
    for match in search.matches(in: stored.trace) {
      findings.append(
        DatasetCheck.Finding(
          traceID: stored.id.text,
          other: match.item,
          similarity: match.overlap
        )
      )
    }
  }

  var check: DatasetCheck {
    DatasetCheck(
      kind: .contamination,
      method: Contamination.method(threshold: Contamination.usualThreshold)
        .setting("evaluation_sets", to: .array(sets.map(Self.fact))),
      findings: findings
    )
  }

  private static func fact(of set: EvaluationSet) -> JSONValue {
    ["name": .string(set.name), "content_hash": .string(set.contentHash.hex)]
  }
}
