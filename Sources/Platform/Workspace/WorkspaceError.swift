public import Foundations

/// What a use case refuses or cannot find.
public enum WorkspaceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The folder holds no workspace.
  case noWorkspace(path: String)
  /// Nothing has this name.
  case unknown(noun: String, name: String, hint: String?)
  /// Something cannot be deleted, because others depend on it.
  case inUse(noun: String, name: String, users: [String])
  /// A part of a question or of a request is outside what is allowed.
  case invalidRequest(parameter: String, reason: String)
  /// A beginning of an identifier fits several things.
  case ambiguous(noun: String, prefix: String, matches: [String])
  /// A frozen dataset may not be replaced by another content.
  case datasetDiffers(key: String, stored: ContentHash, offered: ContentHash)
  /// A dataset has no row of this index.
  case noSuchRow(dataset: String, index: Int, count: Int)
  /// A text that is no place in a list.
  case invalidCursor(text: String)
  /// An evaluation set may not be replaced by another content.
  case evaluationSetDiffers(name: String, stored: ContentHash, offered: ContentHash)
  /// A list of questions is unfit to be an evaluation set.
  case invalidEvaluationSet(name: String, errors: [String])
  /// Two runs cannot be compared; each reason names what differs.
  case notComparable(reasons: [String])
  /// A run is not in the state that the change needs.
  case wrongState(run: String, status: String, needed: String)
  /// A run's items are not exactly the items of its dataset's test side.
  case itemsDiffer(missing: [String], foreign: [String])
  /// The evidence for a promotion is missing or does not suffice.
  case notPromoted(reason: String)
  /// A name breaks the rules for names.
  case invalidName(noun: String, name: String, rule: String)
  /// A label of a model family is taken by another content.
  case versionExists(name: String, existing: ContentHash)
  /// An artifact's bytes are missing or are not what their address says.
  case damagedArtifact(expected: ContentHash, found: ContentHash?, path: String)
  /// A stored record is not what its sha256 says.
  case recordChanged(noun: String, name: String, expected: ContentHash, found: ContentHash)
  /// A model's file has another size than the catalogue says.
  case wrongSize(name: String, expected: Int, found: Int)
  /// A model's file has another sha256 than the catalogue says.
  case wrongHash(name: String, expected: ContentHash, found: ContentHash)
  /// A source of a model's file cannot deliver.
  case sourceFailed(source: String, reason: String)
  /// An optional part is not there.
  case notInstalled(name: String, reason: String, hint: String)
  /// No source of a model could deliver.
  case noSource(model: String, reasons: [String])
  /// A configuration file cannot be used.
  case configuration(path: String, line: Int?, reason: String)

  /// One sentence, or a short list, for a person.
  public var description: String {
    switch self {
    case .noWorkspace(let path):
      "there is no workspace at \(path); make one with: tunix-rt workspace init"
    case .unknown(let noun, let name, let hint):
      "there is no \(noun) \(name)" + (hint.map { "; \($0)" } ?? "")
    case .inUse(let noun, let name, let users):
      "the \(noun) \(name) cannot be deleted: it is part of " + users.joined(separator: ", ")
    case .invalidRequest(let parameter, let reason): "\(parameter): \(reason)"
    case .ambiguous(let noun, let prefix, let matches):
      "\(prefix) is the beginning of several \(noun)s: " + matches.joined(separator: ", ")
    case .datasetDiffers(let key, let stored, let offered):
      "the dataset \(key) is frozen with other content (stored \(stored), offered \(offered)); "
        + "choose another version"
    case .noSuchRow(let dataset, let index, let count):
      "\(dataset) has no row \(index): expected 0 to \(count - 1)"
    case .invalidCursor(let text):
      "\"\(text)\" is no cursor of this list; take the one that the page before it gave"
    case .evaluationSetDiffers(let name, let stored, let offered):
      "the evaluation set \(name) has other items (stored \(stored), offered \(offered)); choose "
        + "another name"
    case .invalidEvaluationSet(let name, let errors):
      "\(name) is no valid evaluation set: \(errors.count) errors\n  "
        + errors.prefix(20).joined(separator: "\n  ")
    case .notComparable(let reasons):
      "the runs cannot be compared: " + reasons.joined(separator: "; ")
    case .wrongState(let run, let status, let needed):
      "run \(run) is \(status); \(needed)"
    case .itemsDiffer(let missing, let foreign):
      "the run's items are not its dataset's test items: "
        + "\(missing.count) missing, \(foreign.count) foreign or repeated"
        + ((missing + foreign).first.map { " (first: \($0))" } ?? "")
    case .notPromoted(let reason): "not promoted: \(reason)"
    case .invalidName(let noun, let name, let rule): "\"\(name)\" is no name of a \(noun): \(rule)"
    case .versionExists(let name, let existing):
      "\(name) exists with other content (sha256 \(existing)); choose another label"
    case .recordChanged(let noun, let name, let expected, let found):
      "the \(noun) \(name) was changed: sha256 \(found), expected \(expected)"
    case .configuration(let path, let line, let reason):
      path + (line.map { ":\($0)" } ?? "") + ": " + reason
    case .damagedArtifact, .wrongSize, .wrongHash, .sourceFailed, .noSource, .notInstalled:
      fileDescription
    }
  }

  private var fileDescription: String {
    switch self {
    case .damagedArtifact(let expected, let found, let path):
      found.map { "\(path) is damaged: sha256 \($0), expected \(expected)" }
        ?? "\(path) is missing; expected sha256 \(expected)"
    case .wrongSize(let name, let expected, let found):
      "\(name): the file has \(found) bytes or more, expected \(expected); nothing was kept"
    case .wrongHash(let name, let expected, let found):
      "\(name): the file's sha256 is \(found), expected \(expected); nothing was kept"
    case .sourceFailed(let source, let reason): "\(source): \(reason)"
    case .notInstalled(let name, let reason, let hint):
      "\(name) is not available (\(reason)); \(hint)"
    case .noSource(let model, let reasons):
      "\(model) could not be fetched\n  "
        + reasons.joined(separator: "\n  ")
        + "\n  a file that you have is taken with: tunix-rt model pull \(model) --from PATH"
    default: ""
    }
  }
}
