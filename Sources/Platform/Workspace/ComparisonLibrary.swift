import Datasets
public import Evaluation
public import Experiments
import Files
public import Foundation
import Foundations
import Judging
import Persistence

/// Compares two runs item by item and keeps the comparison as evidence.
public struct ComparisonLibrary: Sendable {
  let database: DatabaseStore
  let runs: RunLibrary
  let datasets: DatasetLibrary
  let artifacts: ArtifactStore
  let now: @Sendable () -> Date

  /// Compares two completed runs on the same items with the same judge.
  ///
  /// The comparison is stored once; comparing again gives the stored one. `comparison.json` and
  /// `delta_report.md` are written into the trained run's folder, and the comparison into the
  /// artifact store.
  public func compare(base baseName: String, trained trainedName: String) throws -> RunComparison {
    let base = try runs.show(baseName)
    let trained = try runs.show(trainedName)
    let sides = try Sides(base: base, trained: trained, in: runs)
    try sides.requireComparable()
    let comparison = try stored(sides)
    let report = try report(on: sides, comparison: comparison)
    let folder = runs.folder(of: trained.id)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let document = Array((comparison.json.pretty + "\n").utf8)
    try AtomicFile.write(document, to: folder.appending(path: "comparison.json"))
    let reportFile = folder.appending(path: "delta_report.md")
    try AtomicFile.write(text: report.markdown, to: reportFile)
    try artifacts.store(document)
    return RunComparison(
      base: base,
      trained: trained,
      comparison: comparison,
      report: report,
      reportFile: reportFile
    )
  }

  /// The stored comparisons in which a run takes a side, newest first.
  public func list(of run: Run, as side: PromotionCandidate) throws -> [StoredComparison] {
    try database.comparisons(of: run.id, as: side)
  }

  private func stored(_ sides: Sides) throws -> StoredComparison {
    let (base, trained) = (sides.base, sides.trained)
    if let comparison = try database.comparison(base: base.id, trained: trained.id) {
      return comparison
    }
    let comparison = StoredComparison(
      id: .random(),
      baseRunID: base.id,
      trainedRunID: trained.id,
      datasetKey: trained.specification.datasetKey,
      datasetHash: trained.datasetHash,
      judge: trained.specification.judge,
      overlap: try overlap(of: sides),
      comparison: try PairedComparison(
        base: sides.baseItems.map(\.outcome),
        trained: sides.trainedItems.map(\.outcome)
      ),
      createdAt: now()
    )
    try database.insert(comparison: comparison)
    return comparison
  }

  /// How many compared items, or rephrasings of them, the trained run has learned from.
  private func overlap(of sides: Sides) throws -> TrainingOverlap {
    guard sides.trained.specification.kind.trains else { return .none }
    let dataset = try datasets.show(sides.trained.specification.datasetKey)
    let train = dataset.items(in: .train)
    let learned = Set(train.map(\.traceID.text))
    let contents = Set(train.map(\.contentHash))
    let groups = Set(train.map(\.groupKey))
    let items = Dictionary(dataset.items.map { ($0.traceID.text, $0) }) { first, _ in first }
    let shared = sides.trainedItems.count { compared in
      guard let item = items[compared.itemID] else { return true }
      return learned.contains(compared.itemID) || contents.contains(item.contentHash)
        || groups.contains(item.groupKey)
    }
    return shared == 0 ? .none : .items(shared)
  }

  private func report(on sides: Sides, comparison: StoredComparison) throws -> DeltaReport {
    let replies = Dictionary(sides.trainedItems.map { ($0.itemID, $0) }) { first, _ in first }
    let examples = sides.baseItems.compactMap { item in
      replies[item.itemID].map {
        DeltaReport.Example(
          itemID: item.itemID,
          prompt: item.prompt,
          expected: item.expected,
          base: item.prediction,
          trained: $0.prediction
        )
      }
    }
    return DeltaReport(
      base: try description(of: sides.base, items: sides.baseItems),
      trained: try description(of: sides.trained, items: sides.trainedItems),
      datasetKey: comparison.datasetKey,
      datasetHash: comparison.datasetHash,
      judge: comparison.judge,
      comparison: comparison.comparison,
      overlap: comparison.overlap,
      examples: examples
    )
  }

  private func description(of run: Run, items: [RunItem]) throws -> DeltaReport.Run {
    let manifest = try runs.manifest(of: run.id)
    let change =
      switch run.specification.kind {
      case .inference: ""
      case .loraSFT: " + LoRA adapter"
      case .fullSFT: ", all weights trained"
      }
    return DeltaReport.Run(
      id: run.id.text,
      model: run.specification.model + change,
      facts: manifest.map { [.init("dtype", $0.compute.dtype), .init("CPU", $0.compute.cpu)] }
        ?? [],
      cappedCount: items.count { $0.finishReason == "length" }
    )
  }
}

/// A comparison with everything that a person wants to see of it.
public struct RunComparison: Hashable, Sendable {
  /// The run without training.
  public let base: Run
  /// The run with training.
  public let trained: Run
  /// The stored comparison.
  public let comparison: StoredComparison
  /// The report.
  public let report: DeltaReport
  /// Where the report was written.
  public let reportFile: URL
}

/// Two runs with their items.
private struct Sides {
  let base: Run
  let trained: Run
  let baseItems: [RunItem]
  let trainedItems: [RunItem]
  let baseModelHash: String
  let trainedModelHash: String
  /// The chat templates that were used, where both runs' manifests name them.
  let templates: (base: String, trained: String)?

  init(base: Run, trained: Run, in runs: RunLibrary) throws {
    for run in [base, trained] where run.status.state != .completed {
      throw WorkspaceError.wrongState(
        run: run.id.text,
        status: run.status.state.rawValue,
        needed: "only completed runs are compared"
      )
    }
    self.base = base
    self.trained = trained
    baseItems = try runs.items(of: base.id)
    trainedItems = try runs.items(of: trained.id)
    let manifests = try [base, trained].map { try runs.manifest(of: $0.id) }
    baseModelHash = manifests[0]?.modelHash.hex ?? "unknown"
    trainedModelHash = manifests[1]?.modelHash.hex ?? "unknown"
    let names = manifests.compactMap { $0?.configuration["chat_template"]?.string }
    templates = names.count == 2 ? (names[0], names[1]) : nil
  }

  /// Throws with everything that keeps the two runs from being compared.
  func requireComparable() throws {
    var reasons: [String] = []
    if base.id == trained.id { reasons.append("it is the same run") }
    for (name, left, right) in settings where left != right {
      reasons.append("the \(name) differs: \(left) and \(right)")
    }
    if base.specification.kind.trains, !trained.specification.kind.trains {
      reasons.append("the first run trained and the second did not; name the base run first")
    }
    let questions = Dictionary(baseItems.map { ($0.itemID, $0.prompt) }) { first, _ in first }
    let asked = trainedItems.count { questions[$0.itemID] != $0.prompt }
    if reasons.isEmpty, asked > 0 {
      reasons.append("\(asked) items were asked in other words, or by one run only")
    }
    guard reasons.isEmpty else { throw WorkspaceError.notComparable(reasons: reasons) }
  }

  private var settings: [(name: String, base: String, trained: String)] {
    let (left, right) = (base.specification, trained.specification)
    // What training did is seen only against the very model that was trained.
    let models =
      right.kind.trains ? [("base model", baseModelHash, trainedModelHash)] : []
    let templates = templates.map { [("chat template", $0.base, $0.trained)] } ?? []
    return models + templates + [
      ("dataset", left.datasetKey, right.datasetKey),
      ("dataset's content", base.datasetHash.hex, trained.datasetHash.hex),
      ("judge", left.judge.description, right.judge.description),
      (
        "cap of new tokens", "\(left.generation.maxNewTokens)", "\(right.generation.maxNewTokens)"
      ),
      ("way of choosing tokens", left.generation.rule, right.generation.rule),
    ]
  }
}
