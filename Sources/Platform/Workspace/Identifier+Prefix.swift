import Foundations

/// The one identifier that a whole name, or the unique beginning of one, means.
func identifier<Subject>(
  of noun: String,
  from name: String,
  candidates: (String, Int) throws -> [Identifier<Subject>]
) throws -> Identifier<Subject> {
  if let whole = Identifier<Subject>(name) { return whole }
  let found = name.utf8.count < 4 ? [] : try candidates(name, 5)
  guard let first = found.first else {
    let hint = name.utf8.count < 4 ? "give at least 4 characters of its id" : nil
    throw WorkspaceError.unknown(noun: noun, name: name, hint: hint)
  }
  guard found.count == 1 else {
    throw WorkspaceError.ambiguous(noun: noun, prefix: name, matches: found.map(\.text))
  }
  return first
}
