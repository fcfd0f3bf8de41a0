import Datasets
public import Experiments
public import Foundation
public import Foundations
import Persistence

/// Everything that is remembered of runs: what was asked, where they stand, what they answered.
public struct RunLibrary: Sendable {
  let database: DatabaseStore
  let folder: URL
  let now: @Sendable () -> Date

  /// Writes a run down and makes its folder; the run is pending.
  public func create(_ specification: RunSpecification) throws -> Run {
    guard let dataset = try database.dataset(key: specification.datasetKey) else {
      throw WorkspaceError.unknown(
        noun: "dataset",
        name: specification.datasetKey,
        hint: "see them with: tunix-rt dataset list"
      )
    }
    if let base = specification.baseRunID, try database.run(base) == nil {
      throw WorkspaceError.unknown(noun: "run", name: base.text, hint: nil)
    }
    let run = Run(
      id: .random(),
      specification: specification,
      datasetHash: dataset.contentHash,
      createdAt: now()
    )
    try FileManager.default.createDirectory(
      at: folder(of: run.id),
      withIntermediateDirectories: true
    )
    try database.insert(run: run)
    return run
  }

  /// The run's own folder: its manifest, metrics, adapter, predictions and report.
  public func folder(of id: Identifier<Run>) -> URL {
    folder.appending(path: id.text)
  }

  /// The newest runs.
  public func list(
    kind: RunKind? = nil,
    state: RunState? = nil,
    datasetKey: String? = nil,
    limit: Int = Limits.pageRows,
    offset: Int = 0
  ) throws -> [Run] {
    try database.runs(
      RunQuery(kind: kind, state: state, datasetKey: datasetKey, limit: limit, offset: offset)
    )
  }

  /// The runs that ended, counted by kind and by how they ended.
  public func tallies() throws -> [RunTally] { try database.runTallies() }

  /// How many runs there are.
  public func count() throws -> Int { try database.runCount() }

  /// The run that a name or the unique beginning of one means.
  public func show(_ name: String) throws -> Run {
    let id = try identifier(of: "run", from: name) {
      try database.runIDs(beginningWith: $0, limit: $1)
    }
    guard let run = try database.run(id) else {
      throw WorkspaceError.unknown(
        noun: "run",
        name: name,
        hint: "see them with: tunix-rt run list"
      )
    }
    return run
  }

  /// The judged items of a run, in their order.
  public func items(of id: Identifier<Run>) throws -> [RunItem] {
    try database.items(of: id)
  }

  /// What is needed to compute a run again; nil until it began.
  public func manifest(of id: Identifier<Run>) throws -> RunManifest? {
    try database.manifest(of: id)
  }
}

// MARK: - Events

extension RunLibrary {
  /// The run began, with everything that its results depend on.
  @discardableResult
  public func started(_ id: Identifier<Run>, manifest: RunManifest) throws -> Run {
    try database.update(run: id, manifest: manifest) { run in
      try run.status.started()
      run.startedAt = now()
    }
  }

  /// A run that did not complete goes on, with everything that its results depend on.
  @discardableResult
  public func resumed(_ id: Identifier<Run>, manifest: RunManifest) throws -> Run {
    try database.update(run: id, manifest: manifest) { run in
      try run.status.resumed()
      run.startedAt = run.startedAt ?? now()
      run.completedAt = nil
    }
  }

  /// The run ended well: its items and summary numbers are stored with it, all or nothing.
  ///
  /// A run that answers other items than its dataset's test side, or not all of them, is refused:
  /// a missing prediction is an error, not a wrong answer.
  @discardableResult
  public func completed(
    _ id: Identifier<Run>,
    items: [RunItem],
    metrics: JSONValue
  ) throws -> Run {
    let run = try show(id.text)
    let dataset = try DatasetLibrary(database: database, now: now)
      .show(run.specification.datasetKey)
    try RunLibrary.requireAll(dataset.items(in: .test), in: items)
    return try database.update(run: id, items: items) { run in
      try run.status.completed()
      run.completedAt = now()
      run.metrics = metrics
    }
  }

  /// The run ended with an error.
  @discardableResult
  public func failed(_ id: Identifier<Run>, reason: String) throws -> Run {
    try end(id) { try $0.failed(reason) }
  }

  /// The run's time was over.
  @discardableResult
  public func timedOut(_ id: Identifier<Run>, reason: String) throws -> Run {
    try end(id) { try $0.timedOut(reason) }
  }

  /// The run stopped because it was asked to.
  @discardableResult
  public func cancelled(_ id: Identifier<Run>, reason: String) throws -> Run {
    try end(id) { try $0.cancelled(reason) }
  }

  /// Somebody wants the run to stop; the action is for whoever runs it.
  public func requestCancel(_ id: Identifier<Run>) throws -> RunStatus.CancelAction {
    var action = RunStatus.CancelAction.nothing
    try database.update(run: id) { run in
      action = try run.status.cancelRequested()
      if run.status.state.isFinal { run.completedAt = now() }
    }
    return action
  }

  private func end(
    _ id: Identifier<Run>,
    _ event: (inout RunStatus) throws -> Void
  ) throws -> Run {
    try database.update(run: id) { run in
      try event(&run.status)
      run.completedAt = now()
    }
  }

  private static func requireAll(_ expected: [DatasetItem], in items: [RunItem]) throws {
    let wanted = expected.map(\.traceID.text)
    let given = items.map(\.itemID)
    guard Set(wanted) != Set(given) || wanted.count != given.count else { return }
    let missing = Set(wanted).subtracting(given).sorted()
    let foreign = Set(given).subtracting(wanted).sorted()
    throw WorkspaceError.itemsDiffer(missing: missing, foreign: foreign)
  }
}

// MARK: - Evidence

extension RunLibrary {
  /// The sha256 of everything that is stored of a run: what a promoted model's chain points to.
  public func contentHash(of id: Identifier<Run>) throws -> ContentHash {
    let run = try show(id.text)
    let content: JSONValue = [
      "run_id": .string(run.id.text),
      "specification": run.specification.json,
      "dataset_sha256": .string(run.datasetHash.hex),
      "manifest": try manifest(of: id)?.json ?? .null,
      "status": .string(run.status.state.rawValue),
      "metrics": run.metrics ?? .null,
      "items": .array(try items(of: id).map(\.json)),
    ]
    return ContentHash(ofCanonical: content)
  }
}
