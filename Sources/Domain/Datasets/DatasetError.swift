/// Why a dataset cannot be frozen, read or trusted.
public enum DatasetError: Error, Hashable, CustomStringConvertible {
  /// A name or version is empty, too long or unfit for a key.
  case invalidName(field: String, found: String, expected: String)
  /// The number of traces asked for is outside its bounds.
  case limitOutOfBounds(found: Int, maximum: Int)
  /// Filters must be an object of meta members.
  case filtersNotObject(found: String)
  /// Provenance must be an object of facts.
  case provenanceNotObject(found: String)
  /// A strategy that draws needs a seed.
  case seedMissing(strategy: String)
  /// No candidate matches the filters: an empty dataset is refused.
  case nothingMatches(filters: String)
  /// No trace would join the dataset that is to be extended.
  case nothingNew(parent: String)
  /// One dataset alone cannot be merged.
  case nothingToMerge(found: Int)
  /// A dataset would hold more traces than a manifest may list.
  case tooManyTraces(found: Int, maximum: Int)
  /// A strategy that a recipe cannot ask for.
  case strategyReserved(strategy: String)
  /// A check found something, and the build was told to refuse it.
  case refusedByCheck(check: String, findings: Int, first: String)
  /// The test side cannot have that many groups and leave something to train on.
  case testTooLarge(asked: Int, available: Int)
  /// A fraction outside (0, 1), or a count below one.
  case invalidTestSize(found: String)
  /// The same problem would be on both sides.
  case overlap(groupKeys: [String])
  /// A manifest's text is not what the format asks for.
  case invalidManifest(path: String, expected: String, found: String)
  /// A manifest's content is not what its hash says.
  case hashMismatch(expected: String, found: String)
  /// An item of an evaluation set is not what the format asks for.
  case invalidEvaluationItem(pointer: String, expected: String, found: String)
  /// An evaluation set has no items, or too many.
  case evaluationSetSize(name: String, found: Int, maximum: Int)
  /// A trace that the manifest lists is not stored.
  case traceMissing(id: String)
  /// A trace differs from what was frozen.
  case traceChanged(id: String, expected: String, found: String)

  /// One sentence that a person can act on.
  public var description: String {
    switch self {
    case .invalidName(let field, let found, let expected):
      "\(field) \"\(found)\": expected \(expected)"
    case .limitOutOfBounds(let found, let maximum):
      "limit \(found): expected 1 to \(maximum)"
    case .filtersNotObject(let found):
      "filters must be an object of meta members, found \(found)"
    case .provenanceNotObject(let found):
      "provenance must be an object, found \(found)"
    case .seedMissing(let strategy):
      "selection \"\(strategy)\" draws traces, so it needs a seed"
    case .nothingMatches(let filters):
      "none of the traces stored here matches the filters \(filters); a dataset may not be empty"
    case .nothingNew(let parent):
      "no trace that \(parent) does not hold already matches, so there is nothing to add"
    case .nothingToMerge(let found):
      "a merge needs two datasets or more, found \(found)"
    case .tooManyTraces(let found, let maximum):
      "\(found) traces would be in the dataset; it holds at most \(maximum)"
    case .strategyReserved(let strategy):
      "selection \"\(strategy)\" cannot be asked for: it describes how a dataset was made; use "
        + "latest, random, stratified or quality"
    case .refusedByCheck(let check, let findings, let first):
      "the check for \(check) found \(findings) cases, and the build was to refuse them; "
        + "the first: \(first)"
    case .testTooLarge(let asked, let available):
      "\(asked) test items asked for; these traces hold \(available) groups for the test side"
    case .invalidTestSize(let found):
      "test size \(found): expected a count of 1 or more, or a fraction between 0 and 1"
    case .overlap(let groupKeys):
      "\(groupKeys.count) groups are in train and in test: "
        + groupKeys.prefix(5).joined(separator: ", ")
    case .invalidManifest(let path, let expected, let found):
      "manifest \(path): expected \(expected), found \(found)"
    case .hashMismatch(let expected, let found):
      "manifest content has sha256 \(found), but it says \(expected)"
    case .invalidEvaluationItem(let pointer, let expected, let found):
      "evaluation item \(pointer.isEmpty ? "at the top" : pointer): expected \(expected), "
        + "found \(found)"
    case .evaluationSetSize(let name, let found, let maximum):
      "evaluation set \(name) has \(found) items; expected 1 to \(maximum)"
    case .traceMissing(let id):
      "trace \(id) is in the manifest and not in the store"
    case .traceChanged(let id, let expected, let found):
      "trace \(id) has sha256 \(found); the manifest froze \(expected)"
    }
  }
}
