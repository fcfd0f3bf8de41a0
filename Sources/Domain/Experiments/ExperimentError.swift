/// What is wrong with a run's description, status or evidence.
public enum ExperimentError: Error, Hashable, CustomStringConvertible {
  /// A field is absent or of another kind.
  case badField(path: String, expected: String, found: String)

  /// A field that nobody reads.
  case unknownField(path: String, known: [String])

  /// A value that cannot be used.
  case badValue(path: String, requirement: String, found: String)

  /// An event that the run's state does not allow.
  case badTransition(from: RunState, event: String)

  /// A sentence for people.
  public var description: String {
    switch self {
    case .badField(let path, let expected, let found):
      "\(path): expected \(expected), found \(found)"
    case .unknownField(let path, let known):
      "\(path): unknown field; known fields: \(known.joined(separator: ", "))"
    case .badValue(let path, let requirement, let found):
      "\(path) must be \(requirement), not \(found)"
    case .badTransition(let state, let event):
      "a run that is \(state.rawValue) cannot become \(event)"
    }
  }
}
