/// Why runs cannot be compared.
public enum EvaluationError: Error, Hashable, CustomStringConvertible {
  /// A run has no judged items.
  case noItems(run: String)

  /// An item occurs more than once in a run.
  case repeatedItem(run: String, itemID: String)

  /// Items that one run has and the other lacks; a missing prediction is not a wrong answer.
  case missingItems(run: String, itemIDs: [String])

  /// The two runs give one item different categories.
  case differentCategory(itemID: String, base: String?, trained: String?)

  /// A sentence for people.
  public var description: String {
    switch self {
    case .noItems(let run):
      return "the \(run) run has no judged items"
    case .repeatedItem(let run, let itemID):
      return "item \(itemID) occurs more than once in the \(run) run"
    case .missingItems(let run, let itemIDs):
      let shown = itemIDs.prefix(5).joined(separator: ", ")
      let more = itemIDs.count > 5 ? ", …" : ""
      return "the \(run) run lacks \(itemIDs.count) of the compared items: \(shown)\(more)"
    case .differentCategory(let itemID, let base, let trained):
      let names = "\(base ?? "none") in the base run, \(trained ?? "none") in the trained run"
      return "item \(itemID) has different categories: \(names)"
    }
  }
}
