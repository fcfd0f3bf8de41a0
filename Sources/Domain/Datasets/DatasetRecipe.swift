public import Foundations

/// Which of the matching traces enter a dataset.
public enum SelectionStrategy: String, Hashable, Sendable, CaseIterable, Codable {
  /// The newest first.
  case latest
  /// A seeded draw without replacement.
  case random
  /// A seeded draw that keeps the proportions of `meta.category`.
  case stratified
  /// The best first: `meta.quality` where it is a number, else the baseline score of steps.
  case quality
  /// The traces of other datasets; no recipe asks for it.
  case merge

  /// Whether traces are drawn, so that a seed is needed.
  public var isDrawn: Bool { self == .random || self == .stratified }
}

/// How a dataset is cut into train and test: whole groups, stratified by category.
public struct SplitRecipe: Hashable, Sendable {
  /// How large the test side is, in groups; each gives one test item.
  public enum Size: Hashable, Sendable {
    /// So many.
    case count(Int)
    /// This part of all groups, rounded, at least one.
    case fraction(Double)
  }

  /// How large the test side is.
  public let test: Size
  /// Chooses which groups are test; the same seed sends a group to the same place in the order.
  public let seed: UInt64

  /// What the split keeps together.
  public static let by = "group_key"

  /// Makes a recipe.
  public init(test: Size, seed: UInt64) {
    self.test = test
    self.seed = seed
  }

  /// A recipe for so many test items.
  public init(testCount: Int, seed: UInt64) {
    self.init(test: .count(testCount), seed: seed)
  }

  /// A recipe for a part of the groups.
  public init(testFraction: Double, seed: UInt64) {
    self.init(test: .fraction(testFraction), seed: seed)
  }
}

/// Everything that decides what a dataset holds.
public struct DatasetRecipe: Hashable, Sendable {
  /// The dataset's name, 1 to 128 characters.
  public var name: String
  /// The dataset's version, 1 to 64 characters.
  public var version: String
  /// Members that a trace's meta must hold with these very values; an empty object takes all.
  public var filters: JSONValue
  /// Which of the matching traces are taken.
  public var selection: SelectionStrategy
  /// How many traces are taken at most.
  public var limit: Int
  /// The seed of a drawing selection.
  public var seed: UInt64?
  /// How train and test are cut; nil puts every trace in train.
  public var split: SplitRecipe?
  /// The dataset that this one continues.
  public var parentDatasetID: String?
  /// The session that asked for it.
  public var sessionID: String?
  /// The run whose output it is made of.
  public var trainingRunID: String?
  /// The caller's own facts; they replace the builder's of the same name.
  public var provenance: JSONValue

  /// Makes a recipe; `DatasetBuilder.freeze` checks it.
  public init(
    name: String,
    version: String,
    filters: JSONValue = [:],
    selection: SelectionStrategy = .latest,
    limit: Int = 100,
    seed: UInt64? = nil,
    split: SplitRecipe? = nil,
    parentDatasetID: String? = nil,
    sessionID: String? = nil,
    trainingRunID: String? = nil,
    provenance: JSONValue = [:]
  ) {
    self.name = name
    self.version = version
    self.filters = filters
    self.selection = selection
    self.limit = limit
    self.seed = seed
    self.split = split
    self.parentDatasetID = parentDatasetID
    self.sessionID = sessionID
    self.trainingRunID = trainingRunID
    self.provenance = provenance
  }

  /// `name-version`, with `_` for every space and slash.
  public var datasetKey: String {
    let key = (name + "-" + version).map { $0 == " " || $0 == "/" ? "_" : $0 }
    return String(key)
  }
}

extension DatasetRecipe {
  /// Checks every bound and rule of a recipe.
  public func validate() throws(DatasetError) {
    guard selection != .merge else { throw .strategyReserved(strategy: selection.rawValue) }
    try validateFields()
  }

  func validateFields() throws(DatasetError) {
    try check(name, field: "dataset_name", maximum: Limits.datasetNameCharacters)
    try check(version, field: "dataset_version", maximum: Limits.datasetVersionCharacters)
    guard (1...Limits.datasetTraces).contains(limit) else {
      throw .limitOutOfBounds(found: limit, maximum: Limits.datasetTraces)
    }
    guard filters.object != nil else { throw .filtersNotObject(found: filters.kind) }
    if selection.isDrawn, seed == nil { throw .seedMissing(strategy: selection.rawValue) }
    try check(parentDatasetID, field: "parent_dataset_id", maximum: Limits.datasetKeyCharacters)
    try check(sessionID, field: "session_id", maximum: Limits.datasetNameCharacters)
    try check(trainingRunID, field: "training_run_id", maximum: Limits.datasetNameCharacters)
    guard provenance.object != nil else { throw .provenanceNotObject(found: provenance.kind) }
    switch split?.test {
    case .count(let count) where count < 1: throw .invalidTestSize(found: "\(count)")
    case .fraction(let part) where !(part > 0 && part < 1):
      throw .invalidTestSize(found: "\(part)")
    default: return
    }
  }

  private func check(_ text: String?, field: String, maximum: Int) throws(DatasetError) {
    guard let text, !(1...maximum).contains(text.unicodeScalars.count) else { return }
    throw .invalidName(field: field, found: text, expected: "1 to \(maximum) characters")
  }

  private func check(_ text: String, field: String, maximum: Int) throws(DatasetError) {
    let scalars = text.unicodeScalars
    let hasControl = scalars.contains { $0.properties.generalCategory == .control }
    guard (1...maximum).contains(scalars.count), !hasControl, !text.hasPrefix(".") else {
      throw .invalidName(
        field: field,
        found: text,
        expected: "1 to \(maximum) printable characters, the first not a dot"
      )
    }
  }
}
