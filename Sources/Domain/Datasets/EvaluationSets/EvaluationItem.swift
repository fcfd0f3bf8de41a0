public import Foundations

/// One question of an evaluation set, with the answer that is right.
public struct EvaluationItem: Hashable, Sendable {
  /// The item's name, unique in its set.
  public let id: String
  /// The question as a model is asked it.
  public let prompt: String
  /// The right answer.
  public let expectedAnswer: String
  /// What the question is about.
  public let category: String?
  /// How hard it is: easy, medium or hard.
  public let difficulty: String?
  /// Which part of the set it belongs to: core, trace_sensitive or edge_case.
  public let section: String?
  /// Members that the format does not name, kept as they came.
  public let extra: [JSONValue.Member]

  /// Makes an item.
  public init(
    id: String,
    prompt: String,
    expectedAnswer: String,
    category: String? = nil,
    difficulty: String? = nil,
    section: String? = nil,
    extra: [JSONValue.Member] = []
  ) {
    self.id = id
    self.prompt = prompt
    self.expectedAnswer = expectedAnswer
    self.category = category
    self.difficulty = difficulty
    self.section = section
    self.extra = extra
  }

  /// Reads an item; texts may be empty, which the validator finds.
  public init(json: JSONValue) throws(DatasetError) {
    guard let members = json.object else {
      throw .invalidEvaluationItem(pointer: "", expected: "an object", found: json.kind)
    }
    id = try EvaluationItem.text(json, "id")
    prompt = try EvaluationItem.text(json, "prompt")
    expectedAnswer = try EvaluationItem.text(json, "expected_answer")
    category = try EvaluationItem.optionalText(json, "category")
    difficulty = try EvaluationItem.optionalText(json, "difficulty")
    section = try EvaluationItem.optionalText(json, "section")
    extra = members.filter { !EvaluationItem.keys.contains($0.key) }
  }

  /// The item as a line of a set's file has it.
  public var json: JSONValue {
    var members = [
      JSONValue.Member(key: "id", value: .string(id)),
      JSONValue.Member(key: "prompt", value: .string(prompt)),
      JSONValue.Member(key: "expected_answer", value: .string(expectedAnswer)),
    ]
    for (key, value) in [("category", category), ("difficulty", difficulty), ("section", section)] {
      if let value { members.append(JSONValue.Member(key: key, value: .string(value))) }
    }
    return .object(members + extra)
  }

  private static let keys: Set = [
    "id", "prompt", "expected_answer", "category", "difficulty", "section",
  ]

  private static func text(_ json: JSONValue, _ key: String) throws(DatasetError) -> String {
    guard let text = json[key]?.string else {
      throw .invalidEvaluationItem(
        pointer: "/" + key,
        expected: "a text",
        found: json[key]?.kind ?? "none"
      )
    }
    return text
  }

  private static func optionalText(
    _ json: JSONValue,
    _ key: String
  ) throws(DatasetError) -> String? {
    guard let value = json[key], !value.isNull else { return nil }
    return try text(json, key)
  }
}
