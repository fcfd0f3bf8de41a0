public import Foundations

/// What is wrong with a list of questions, and what is only unusual.
public struct EvaluationSetValidation: Hashable, Sendable {
  /// The fewest items of a set where nobody names a number.
  public static let defaultMinimum = 50

  /// What makes the list unfit for use, one sentence each.
  public private(set) var errors: [String] = []
  /// What should be looked at, one sentence each.
  public private(set) var warnings: [String] = []
  /// The items that could be read.
  public private(set) var items: [EvaluationItem] = []

  /// Whether the list can be used.
  public var isValid: Bool { errors.isEmpty }

  /// Checks the lines of a set's file.
  public init(lines: [JSONLines.Line], minimumItems: Int = defaultMinimum) {
    for line in lines {
      do {
        items.append(try EvaluationItem(json: try line.value()))
      } catch {
        errors.append("line \(line.number): \(error)")
      }
    }
    check(minimumItems)
  }

  /// Checks items.
  public init(items: [EvaluationItem], minimumItems: Int = defaultMinimum) {
    self.items = items
    check(minimumItems)
  }

  private mutating func check(_ minimumItems: Int) {
    var seen: Set<String> = []
    for (place, item) in items.enumerated() {
      let name = item.id.isEmpty ? "item \(place + 1)" : item.id
      let texts = [
        ("id", item.id), ("prompt", item.prompt), ("expected_answer", item.expectedAnswer),
      ]
      for (key, text) in texts where text.allSatisfy(\.isWhitespace) {
        errors.append("\(name): \(key) is empty")
      }
      if !seen.insert(item.id).inserted { errors.append("\(name): the id is used twice") }
      warn(name, "section", item.section, known: ["core", "trace_sensitive", "edge_case"])
      warn(name, "difficulty", item.difficulty, known: ["easy", "medium", "hard"])
    }
    if items.count < minimumItems {
      errors.append("\(items.count) items; at least \(minimumItems) are asked for")
    }
    if items.count > Limits.evaluationItems {
      errors.append("\(items.count) items; at most \(Limits.evaluationItems) are allowed")
    }
  }

  private mutating func warn(_ name: String, _ key: String, _ value: String?, known: [String]) {
    guard let value, !known.contains(value) else { return }
    warnings.append("\(name): \(key) \"\(value)\" is none of \(known.joined(separator: ", "))")
  }
}

extension EvaluationSetValidation {
  /// The result as an object.
  public var json: JSONValue {
    [
      "is_valid": JSONValue(isValid), "item_count": JSONValue(items.count),
      "errors": .array(errors.map(JSONValue.string)),
      "warnings": .array(warnings.map(JSONValue.string)),
    ]
  }
}
