/// Why a dataset cannot be frozen, read or trusted.
public enum DatasetError: Error, Hashable, CustomStringConvertible {
  /// A name or version is empty, too long or unfit for a key.
  case invalidName(field: String, found: String, expected: String)
  /// The number of traces asked for is outside its bounds.
  case limitOutOfBounds(found: Int, maximum: Int)
  /// Filters must be an object of meta members.
  case filtersNotObject(found: String)
  /// A strategy that draws needs a seed.
  case seedMissing(strategy: String)
  /// No candidate matches the filters: an empty dataset is refused.
  case nothingMatches(filters: String, candidates: Int)
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
    case .seedMissing(let strategy):
      "selection \"\(strategy)\" draws traces, so it needs a seed"
    case .nothingMatches(let filters, let candidates):
      "none of \(candidates) traces matches the filters \(filters); a dataset may not be empty"
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
    case .traceMissing(let id):
      "trace \(id) is in the manifest and not in the store"
    case .traceChanged(let id, let expected, let found):
      "trace \(id) has sha256 \(found); the manifest froze \(expected)"
    }
  }
}
