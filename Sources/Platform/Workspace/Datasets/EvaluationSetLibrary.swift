public import Datasets
import Files
import Foundation
public import Foundations
import Persistence

/// Everything that is done with evaluation sets: the built-in ones and those that were imported.
public struct EvaluationSetLibrary: Sendable {
  let database: DatabaseStore
  let datasets: DatasetLibrary
  let now: @Sendable () -> Date

  /// Every set, by name.
  public func list() throws -> [EvaluationSet] {
    let stored = try database.evaluationSets(limit: Limits.largestPageRows)
    let names = Set(stored.map(\.name))
    return (stored + EvaluationSet.builtIn.filter { !names.contains($0.name) })
      .sorted { $0.name < $1.name }
  }

  /// The set of a name.
  public func show(_ name: String) throws -> EvaluationSet {
    if let stored = try database.evaluationSet(named: name) { return stored }
    guard let set = EvaluationSet.builtIn.first(where: { $0.name == name }) else {
      throw WorkspaceError.unknown(
        noun: "evaluation set",
        name: name,
        hint: "see them with: tunix-rt evalset list"
      )
    }
    return set
  }

  /// Keeps a set; the same content under its name again is a no-op, other content is refused.
  @discardableResult
  public func keep(_ set: EvaluationSet) throws -> (set: EvaluationSet, isNew: Bool) {
    guard let known = try list().first(where: { $0.name == set.name }) else {
      try database.insert(evaluationSet: set, at: now())
      return (set, true)
    }
    guard known.contentHash == set.contentHash else {
      throw WorkspaceError.evaluationSetDiffers(
        name: set.name,
        stored: known.contentHash,
        offered: set.contentHash
      )
    }
    return (known, false)
  }

  /// Keeps the set of a JSON Lines text, if it is valid.
  @discardableResult
  public func importLines(
    _ bytes: [UInt8],
    name: String,
    minimumItems: Int = 1
  ) throws -> (set: EvaluationSet, isNew: Bool) {
    let validation = validate(bytes, minimumItems: minimumItems)
    guard validation.isValid else {
      throw WorkspaceError.invalidEvaluationSet(name: name, errors: validation.errors)
    }
    return try keep(EvaluationSet(name: name, items: validation.items))
  }

  /// Checks a JSON Lines text.
  public func validate(
    _ bytes: [UInt8],
    minimumItems: Int = EvaluationSetValidation.defaultMinimum
  ) -> EvaluationSetValidation {
    EvaluationSetValidation(lines: JSONLines.lines(of: bytes), minimumItems: minimumItems)
  }

  /// What the train side of every dataset shares with a set's questions.
  public func contamination(of name: String) throws -> [DatasetContamination] {
    let set = try show(name)
    var found: [DatasetContamination] = []
    var page = try datasets.page(limit: Limits.pageRows)
    while true {
      for dataset in page.datasets {
        let check = try datasets.contamination(of: dataset.datasetKey, with: [set])
        found.append(DatasetContamination(datasetKey: dataset.datasetKey, check: check))
      }
      guard let cursor = page.nextCursor else { return found }
      page = try datasets.page(cursor: cursor, limit: Limits.pageRows)
    }
  }
}

/// What a dataset's train side shares with evaluation sets.
public struct DatasetContamination: Hashable, Sendable {
  /// The dataset's key.
  public let datasetKey: String
  /// What was found.
  public let check: DatasetCheck

  /// The result as an object.
  public var json: JSONValue {
    check.json.setting("dataset_key", to: .string(datasetKey))
  }
}
